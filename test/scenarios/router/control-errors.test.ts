/** `show errors`: what was refused, compared with what HAProxy keeps of the same bytes. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { asked } from '../../support/control.ts';
import { Origin } from '../../support/origin.ts';
import { missing, type Router } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting, type Statements } from '../../support/routing.ts';
import { TempDir } from '../../support/temp.ts';

const REQUESTS: Readonly<Record<string, string>> = {
  'a header line without a colon': 'GET /x HTTP/1.1\r\nHost: a\r\nbad header here\r\nTab:\tz \\ \xc3\xa9\r\n\r\n',
  'two Host lines': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a length that is none': 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
};

const RESPONSES: Readonly<Record<string, string>> = {
  '/garbage': 'garbage\r\n\r\n',
  '/name': 'HTTP/1.1 200 OK\r\nbad name: x\r\nContent-Length: 0\r\n\r\n',
  '/long': `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(150)}\r\nX-\x01\x1b: z\r\n\r\n`,
};

interface Kept {
  readonly texts: Readonly<Record<string, string>>;
  readonly total: string;
  readonly ask: (line: string) => Promise<string>;
  readonly port: number;
}

async function keep(
  t: TestContext,
  router: Router,
  own: { readonly global?: Statements; readonly frontend?: Statements } = {},
): Promise<Kept> {
  const origin = await Origin.listen(t);
  for (const [target, bytes] of Object.entries(RESPONSES))
    origin.replies.set(target, (_request, connection) => {
      connection.send(bytes);
      connection.end();
    });
  const socket = new TempDir(t).join('control.sock');
  const { port } = await startRouting(t, router, {
    global: [`stats socket ${socket} mode 600 level admin`, ...(own.global ?? [])],
    frontend: own.frontend ?? [],
    backend: [`server one 127.0.0.1:${origin.port}`],
  });
  const ask = (line: string): Promise<string> => asked(socket, line);
  const texts: Record<string, string> = {};
  for (const [what, bytes] of Object.entries(REQUESTS)) {
    assert.match(await exchange(t, port, bytes), /^HTTP\/1\.1 400 /);
    texts[what] = steady(await ask('show errors front request'));
  }
  for (const target of Object.keys(RESPONSES)) {
    const bytes = `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    assert.match(await exchange(t, port, bytes), /^HTTP\/1\.1 502 /);
    texts[target] = steady(await ask('show errors apps response'));
  }
  return { texts, total: (await ask('show errors')).split('\n')[0]?.replace(/\[.*?\]/, '') ?? '', ask, port };
}

/** Without what differs from run to run, what HAProxy says of its own parser, and what is ours. */
function steady(text: string): string {
  return text
    .replaceAll(/\[[^\]]*\]/g, '[DATE]')
    .replace(/^Total .*\n/, '')
    .replace(/127\.0\.0\.1:\d+/, 'CLIENT')
    .replace(/event #\d+/, 'EVENT')
    .replace(/ {2}reason: .*\n/, '')
    .replace(/, \d+ free/, '')
    .replace(/, wraps at \d+/, '')
    .replaceAll(/ {2}H1 (?!chunk).*\n/g, '');
}

test('invalid messages are kept and printed as HAProxy does', { skip: missing('haproxy') }, async (t) => {
  const theirs = await keep(t, 'haproxy');
  const ours: Readonly<Record<string, Parameters<typeof keep>[2]>> = {
    wire: {},
    'http-proxy': { frontend: ['engine http-proxy'] },
    'two workers': { global: ['workers 2'] },
  };
  for (const [what, own] of Object.entries(ours)) {
    const { texts, total, ask } = await keep(t, 'router', own);
    assert.deepEqual(texts, theirs.texts, what);
    assert.equal(total, theirs.total, what);
    assert.match(await ask('show errors'), /reason: \S.*\n[^]*reason: \S/, what);
  }
});

test(
  'invalid messages are filtered by proxy and kind, as HAProxy filters them',
  { skip: missing('haproxy') },
  async (t) => {
    for (const router of ['haproxy', 'router'] as const) {
      const { ask } = await keep(t, router);
      const kinds = async (line: string): Promise<readonly string[]> =>
        [...(await ask(line)).matchAll(/: invalid (\w+)\n/g)].map(([, kind = '']) => kind);
      for (const [line, expected] of [
        ['show errors', ['request', 'response']],
        ['show errors -1', ['request', 'response']],
        ['show errors -1 request', ['request']],
        ['show errors front', ['request', 'response']],
        ['show errors front response', ['response']],
        ['show errors apps', ['response']],
        ['show errors apps request', []],
        ['show errors front bogus', ['request', 'response']],
        ['show errors 99', []],
      ] as const)
        assert.deepEqual(await kinds(line), expected, `${router}: ${line}`);
      assert.equal(await ask('show errors nine'), 'No such proxy.\n\n', router);
      assert.match(await ask('operator; show errors front request'), /invalid request/, router);
      assert.match(await ask('user; show errors'), /Permission denied/, router);
    }
  },
);

test('a body that breaks its framing is kept too, with how much of the message came before', async (t) => {
  const { ask, port } = await keep(t, 'router');
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.match(await exchange(t, port, `${head}3\r\nabc\r\nzz\r\n`), /^HTTP\/1\.1 400 /);
  const text = await ask('show errors front request');
  assert.match(text, /frontend front \(#\d+\): invalid request\n {2}backend apps \(#\d+\), server <NONE> \(#-1\), /);
  assert.match(text, new RegExp(`reason: broken chunk in the request\n {2}buffer starts at ${head.length} `));
  assert.match(text, /len 12, wraps at 16384, error at position 8\n[^]*MSG_CHUNK_SIZE\(26\)[^]* 00008 {2}zz\\r\\n\n/);
  const { total, messages } = JSON.parse(await ask('show errors front request json')) as {
    total: number;
    messages: readonly { readonly bytes: string; readonly at: number; readonly reason: string }[];
  };
  assert.equal(total, 7);
  assert.deepEqual(
    messages.map(({ bytes, at, reason }) => [Buffer.from(bytes, 'base64').toString(), at, reason]),
    [['3\r\nabc\r\nzz\r\n', 8, 'broken chunk in the request']],
  );
});
