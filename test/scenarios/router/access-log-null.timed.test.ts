import assert from 'node:assert/strict';
import test from 'node:test';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { Origin } from '../../support/origin.ts';
import { ROUTERS, missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

const PROXY = 'PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n';
const LEFT = 'CLIENT front front/<NOSRV> -1/-1/-1/-1/T 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"';
const SLOW = LEFT.replace('400', '408').replace('CR--', 'cR--');

type Leaves = 'closes' | 'resets' | 'waits';

/** What a client sends, how it disconnects, and its log line, without and with `dontlognull`. */
const CLIENTS: readonly (readonly [
  bind: '' | 'accept-proxy',
  sent: string,
  leaves: Leaves,
  line: string | undefined,
  dontLogNull: string | undefined,
])[] = [
  ['', '', 'closes', LEFT, undefined],
  ['', '', 'resets', LEFT, undefined],
  ['', '', 'waits', SLOW, undefined],
  ['', 'GET / HT', 'closes', LEFT, LEFT],
  ['', 'GET / HT', 'resets', LEFT, LEFT],
  ['', 'GET / HT', 'waits', SLOW, SLOW],
  ['', '\r\n', 'closes', LEFT, LEFT],
  ['accept-proxy', PROXY, 'closes', LEFT, undefined],
  ['accept-proxy', PROXY, 'resets', LEFT, undefined],
  ['accept-proxy', PROXY, 'waits', SLOW, undefined],
  ['accept-proxy', `${PROXY}GET / HT`, 'closes', LEFT, LEFT],
  [
    'accept-proxy',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'waits',
    'front/1: Received something which does not look like a PROXY protocol header',
    'front/1: Received something which does not look like a PROXY protocol header',
  ],
  ['accept-proxy', '', 'closes', 'front/1: Connection closed while waiting for PROXY protocol header', undefined],
  ['accept-proxy', '', 'resets', 'front/1: Connection error while waiting for PROXY protocol header', undefined],
];

const contenders = [
  ...ROUTERS.filter((router) => router !== 'router').map((router) => ({ router, engine: undefined })),
  ...ENGINES.map((engine) => ({ router: 'router' as const, engine })),
];

for (const { router, engine } of contenders) {
  for (const bind of ['', 'accept-proxy'] as const) {
    for (const quiet of [false, true]) {
      const name = `${engine ?? router}: the log line of a client that disconnects without a request${bind && `, with ${bind}`}${quiet ? ', with dontlognull' : ''}`;
      test(name, { skip: missing(router) }, async (t) => {
        const origin = await Origin.listen(t);
        const { port, syslog } = await startRouting(t, router, {
          frontend: [
            ...(engine === undefined ? [] : engineStatements(engine)),
            'timeout http-request 1s',
            ...(quiet ? ['option dontlognull'] : []),
          ],
          bind,
          backend: [`server one 127.0.0.1:${origin.port}`],
        });
        const expected: string[] = [];
        let clients = 0;
        /** A marker line after each client: its own line must be logged before it. */
        const mark = async (): Promise<void> => {
          clients += 1;
          const client = await openRaw(t, port);
          client.send(
            `${bind === '' ? '' : PROXY}GET /mark${clients} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
          );
          await client.rest();
          client.end();
          await syslog.message(new RegExp(`/mark${clients} `));
        };
        for (const [at, sent, leaves, line, dontLogNull] of CLIENTS) {
          if (at !== bind) continue;
          const client = await openRaw(t, port);
          if (sent !== '') client.send(sent);
          if (leaves === 'waits') await client.rest();
          else if (leaves === 'closes') {
            client.end();
            // Its own side is still open: it gets to read why.
            assert.match(await client.rest(), sent === '' && bind !== '' ? /^$/ : /^HTTP\/1\.1 400 [^]*<\/html>\n$/);
          } else {
            // The bytes must be read before the reset, or the kernel drops them.
            await until('the bytes to be sent', () => client.socket.bytesWritten === sent.length);
            await mark();
            client.reset();
          }
          client.socket.destroy();
          await mark();
          const logged = quiet ? dontLogNull : line;
          if (logged !== undefined) {
            expected.push(logged);
            await until(`the line ${logged}`, () => others(syslog.messages()).length === expected.length);
          }
        }
        assert.deepEqual(others(syslog.messages()), expected);
      });
    }
  }
}

/** The lines except markers, with run-specific parts removed. */
function others(messages: readonly string[]): readonly string[] {
  return messages
    .filter((line) => line.includes('front') && !line.includes('/mark') && !line.includes('Proxy front'))
    .map((line) =>
      line
        .replace(/^\S+ \[[^\]]+\] (?=front\/)/, '')
        .replace(/^\S+ \[[^\]]+\]/, 'CLIENT')
        .replace(/(-1\/-1\/-1\/-1)\/\d+/, '$1/T')
        .replace(/ \d+\/\d+(\/0\/0\/0 0\/0 ")/, ' 1/1$1'),
    );
}
