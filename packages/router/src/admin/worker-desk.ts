import { performance } from 'node:perf_hooks';
import type { Crew } from '@headgate/shared/process/product';
import type { RouterRuntime } from '../run/runtime.ts';
import { numberSessions } from './commands/sessions.ts';
import type { Desk } from './desk.ts';
import { PatternStore } from './pattern-store.ts';
import { runCommand } from './run-command.ts';

/** Lets a worker carry out the commands that its primary passes on. */
export function obeyPrimary(router: RouterRuntime, { number, workers }: Crew, version: string): void {
  const { sharing } = router;
  if (sharing === undefined) return;
  numberSessions(number, workers);
  const desk: Desk = {
    router,
    version,
    snapshot: () => undefined,
    sockets: () => [],
    reload: () => Promise.resolve({ applied: false, reasons: [] }),
    upgrade: () => Promise.resolve('a worker has no successor'),
    processes: () => [],
    // The primary changes lists and has every worker apply them.
    lists: new PatternStore(() => Promise.resolve({ applied: false, reasons: [] })),
    environment: process.env,
    now: () => performance.now(),
  };
  // The primary has checked the level of the session that gave the command.
  const session = { level: 'admin', interactive: false, timeout: 0, experimental: true, over: false } as const;
  sharing.runCommand = (words) => runCommand(words, desk, { ...session });
}
