import type { ProcessLogTarget } from '@headgate/shared/log/process-log';
import { soon } from '@headgate/shared/process/exit';
import type { ProcessSettings, Product, Reloadable, StartContext } from '@headgate/shared/process/product';
import { versionOf } from '@headgate/shared/process/version';
import { ControlledRouter } from './admin/controlled-router.ts';
import { obeyPrimary } from './admin/worker-desk.ts';
import { commands } from './commands/commands.ts';
import { DEFAULT_FILES, FILE_ENDINGS } from './config/default-files.ts';
import { loadConfig } from './config/load.ts';
import type { Snapshot } from './model/snapshot.ts';
import { NotApplied } from './run/binds.ts';
import { changesOf } from './run/changes.ts';
import { RouterRuntime } from './run/runtime.ts';

/** The router as a program: what it is called, reads, and starts. */
export const router: Product<Snapshot> = {
  name: 'headgate-router',
  title: 'headgate-router',
  version: versionOf(import.meta.resolve('@headgate/router/package.json')),
  summary: "HTTP and WebSocket routing by HAProxy's rules: redirects, backends, servers, checks, queues.",
  help: [
    'Examples:',
    '  headgate-router -f configs/router.yaml',
    '  headgate-router check -f haproxy.cfg',
    '  headgate-router explain -f haproxy.cfg https://dev-maps01/a',
    "  headgate-router explain -f haproxy.cfg --host dev-maps01 --path /a -H 'Upgrade: websocket'",
  ].join('\n'),
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files, reads) => loadConfig(files, reads),
  changes: changesOf,
  settings,
  start,
  commands,
};

/** Only root can become another user. */
function settings(snapshot: Snapshot): ProcessSettings {
  const { identity, ...own } = snapshot.process;
  const changes = identity !== undefined && process.geteuid?.() === 0;
  return { ...own, log: logTargets(snapshot), ...(changes ? { identity } : {}) };
}

/** Each place that a frontend logs to, once: HAProxy logs its own start and stop there too. */
function logTargets({ frontends }: Snapshot): readonly ProcessLogTarget[] {
  const targets = frontends.flatMap(({ log }) => log);
  return [...new Map(targets.map((target) => [JSON.stringify(target.transport), target])).values()];
}

async function start(snapshot: Snapshot, context: StartContext): Promise<Reloadable<Snapshot>> {
  const { logger, crew, handed } = context;
  const plain = new RouterRuntime(logger, {}, crew);
  plain.takeOver(handed);
  // Control sockets are the primary's.
  const controlled = crew === undefined || crew.number === 0;
  if (!controlled) obeyPrimary(plain, crew, router.version);
  const runtime = controlled ? new ControlledRouter(plain, { ...context, version: router.version }) : plain;
  try {
    await runtime.apply(snapshot);
    const { identity } = snapshot.process;
    if (identity !== undefined && process.geteuid?.() !== 0)
      logger.log('notice', "'user' and 'group' have no effect: the router was not started by root");
  } catch (error) {
    await soon(runtime.close());
    // What the system says of one address has a place and an exit code of its own.
    throw error instanceof NotApplied ? (error.unbound[0]?.error ?? error) : error;
  }
  return runtime;
}
