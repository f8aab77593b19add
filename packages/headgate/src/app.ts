import { router } from '@headgate/router/half';
import { soon } from '@headgate/shared/process/exit';
import type { Product } from '@headgate/shared/process/product';
import { versionOf } from '@headgate/shared/process/version';
import { terminator } from '@headgate/tls-terminator/half';
import { commands } from './commands/commands.ts';
import { DEFAULT_FILES, FILE_ENDINGS } from './config/default-files.ts';
import { loadBoth } from './config/load.ts';
import type { Both } from './model/both.ts';
import type { LogSettings } from './model/messages.ts';
import { BothRuntime } from './run/both-runtime.ts';

/** Both halves as one program. `log`: how their processes log. */
export function headgate(log: LogSettings): Product<Both> {
  return {
    name: 'headgate',
    title: 'headgate',
    version: versionOf(import.meta.resolve('headgate/package.json')),
    summary: 'TLS termination and HTTP routing from one haproxy.cfg: runs headgate-terminator and headgate-router.',
    help: [
      'Examples:',
      '  headgate -f haproxy.cfg                      bind … ssl is served by the terminator, all else by the router',
      '  headgate -f haproxy.cfg -f stunnel.conf      both in the files they have',
      '  headgate check -f haproxy.cfg                says everything that is wrong, and starts nothing',
    ].join('\n'),
    defaultFiles: DEFAULT_FILES,
    fileEndings: FILE_ENDINGS,
    load: loadBoth,
    changes: (before, after) => [
      ...router.changes(before.router, after.router),
      ...(before.terminator === undefined || after.terminator === undefined
        ? []
        : terminator.changes(before.terminator, after.terminator)),
    ],
    // Each half is one process. The process above stays who it is: it starts a half again that needs ports below 1024.
    settings({ router: snapshot }) {
      const { identity: _ofTheRouter, ...settings } = router.settings(snapshot);
      return { ...settings, workers: 1 };
    },
    async start(both, context) {
      const runtime = new BothRuntime(context, log);
      try {
        await runtime.apply(both);
        return runtime;
      } catch (error) {
        await soon(runtime.close());
        throw error;
      }
    },
    commands,
  };
}
