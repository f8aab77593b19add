import type { ProcessLogTarget } from '@headgate/shared/log/process-log';
import type { Product } from '@headgate/shared/process/product';
import { versionOf } from '@headgate/shared/process/version';
import { commands } from './commands/commands.ts';
import { DEFAULT_FILES } from './config/default-files.ts';
import { loadConfig } from './config/load.ts';
import type { Snapshot } from './model/snapshot.ts';
import { startRouter } from './run/router.ts';

/** The router as a program: what it is called, reads, and starts. */
export const router: Product<Snapshot> = {
  name: 'headgate-router',
  title: 'headgate-router',
  version: versionOf(import.meta.url),
  summary: "HTTP and WebSocket routing by HAProxy's rules: redirects, backends, servers, checks, queues.",
  help: [
    'Examples:',
    '  headgate-router -f configs/router.yaml',
    '  headgate-router check -f haproxy.cfg',
    '  headgate-router explain -f haproxy.cfg https://dev-maps01/a',
    "  headgate-router explain -f haproxy.cfg --host dev-maps01 --path /a -H 'Upgrade: websocket'",
  ].join('\n'),
  defaultFiles: DEFAULT_FILES,
  load: loadConfig,
  settings: (snapshot) => ({ ...snapshot.process, log: logTargets(snapshot) }),
  start: (snapshot, { logger }) => startRouter(snapshot, logger),
  commands,
};

/** Each place that a frontend logs to, once: HAProxy tells its own start and stop there too. */
function logTargets({ frontends }: Snapshot): readonly ProcessLogTarget[] {
  const targets = frontends.flatMap(({ log }) => log);
  return [...new Map(targets.map((target) => [JSON.stringify(target.transport), target])).values()];
}
