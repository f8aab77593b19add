/** Servers that `add server` made while the router runs. */
import assert from 'node:assert/strict';
import { asked } from '../../support/control.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

/** How a connection begins. */
function kindOf(text: string): string | undefined {
  if (text === '') return undefined;
  return text.startsWith('\u0016') ? 'TLS' : text.split(' ', 1)[0];
}

const CASES = [
  { words: 'check', begins: 'OPTIONS' },
  { words: 'send-proxy check', begins: 'OPTIONS' },
  { words: 'send-proxy check check-send-proxy', begins: 'PROXY' },
  { words: 'ssl verify none check', begins: 'OPTIONS' },
  { words: 'ssl verify none check check-ssl', begins: 'TLS' },
] as const;

forEachRouter(
  'checks of an added server use TLS and PROXY headers only where the command says so',
  async (t, router) => {
    const socket = new TempDir(t).join('control.sock');
    await startRouting(t, router, {
      global: [`stats socket ${socket} level admin`],
      backend: ['option httpchk'],
    });
    for (const [at, { words, begins }] of CASES.entries()) {
      const server = await RawServer.listen(t);
      const name = `apps/added${at}`;
      const added = await asked(socket, `add server ${name} 127.0.0.1:${server.port} ${words} inter 100ms`);
      assert.match(added, /^New server registered/, words);
      await asked(socket, `enable server ${name}; enable health ${name}`);
      const connection = await server.next();
      const beginning = await until(`the beginning of a check (${words})`, () => kindOf(connection.text));
      assert.equal(beginning, begins, words);
      await asked(socket, `disable health ${name}; disable server ${name}`);
    }
  },
);
