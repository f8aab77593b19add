/** Rules that look at bodies (`wait-for-body`, `option http-buffer-request`, `req.body…`, `res.body…`), beside HAProxy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Origin } from '../../support/origin.ts';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import type { RoutingParts, Statements } from '../../support/routing.ts';
import { ALL, OURS, startWay, type Way } from '../../support/ways.ts';

const SHOWN: Statements = [
  'http-request set-header x-seen "<%[req.body_len]/%[req.body_size]|%[req.body_param(b)]|%[req.body]>"',
];
const WAITING: Statements = ['http-request wait-for-body time 30s', ...SHOWN];

const post = (target: string, fields: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${fields}\r\n`;

/** Head and body, which come apart: whether in one read or two must make no difference to rules that wait. */
const UPLOADS: Readonly<Record<string, readonly [head: string, body: string]>> = {
  'a form': [post('/form', 'Content-Length: 11\r\n'), 'a=1&b=two&c'],
  chunks: [post('/chunks', 'Transfer-Encoding: chunked\r\n'), '4\r\na=1&\r\n5\r\nb=two\r\n0\r\n\r\n'],
  'no body': [post('/none', 'Content-Length: 0\r\n'), ''],
  'a body of unusual bytes': [post('/bytes', 'Content-Length: 6\r\n'), 'b=\xe9\xff"\\'],
};

/** What reaches the server: the names of fields in lower case, a body in chunks without its framing, which may be cut otherwise. */
async function seen(origin: Origin, target: string): Promise<string> {
  const request = await origin.head(target);
  const body = request.body.replaceAll(/(?:^|\r\n)[0-9a-fA-F]+\r\n/g, '').replace(/\r\n$/, '');
  return `${/x-seen: (.*)\r/i.exec(request.head)?.[1]} expect:${/^expect:/im.test(request.head)} ${body}`;
}

async function uploads(t: TestContext, way: Way, setting: RoutingParts): Promise<Record<string, string>> {
  const { origin, port } = await startWay(t, way, setting);
  const found: Record<string, string> = {};
  for (const [name, [head, body]] of Object.entries(UPLOADS)) {
    const client = await openRaw(t, port);
    client.send(head);
    setImmediate(() => client.send(body));
    await client.rest();
    found[name] = await seen(origin, head.split(' ')[1] ?? '');
  }
  return found;
}

const SETTINGS: Readonly<Record<string, RoutingParts>> = {
  'wait-for-body in a frontend': { frontend: WAITING },
  'wait-for-body in a backend': { backend: WAITING },
  'option http-buffer-request in a frontend': { frontend: ['option http-buffer-request', ...SHOWN] },
  'option http-buffer-request in a backend': { backend: ['option http-buffer-request', ...SHOWN] },
};

for (const [name, setting] of Object.entries(SETTINGS)) {
  test(`${name}: rules see the body, and the server gets all of it`, { skip: missing('haproxy') }, async (t) => {
    const [theirs, ...ours] = await Promise.all(ALL.map((way) => uploads(t, way, setting)));
    assert.equal(theirs?.['a form'], '<11/11|two|a=1&b=two&c> expect:false a=1&b=two&c');
    for (const [index, way] of OURS.entries()) assert.deepEqual(ours[index], theirs, way.name);
  });
}

for (const way of ALL) {
  const skip = way.router === 'haproxy' && missing('haproxy');

  test(
    `${way.name}: a client that waits for a 100 gets it from the router, and the server is not asked`,
    { skip },
    async (t) => {
      const { origin, port } = await startWay(t, way, { frontend: WAITING });
      const client = await openRaw(t, port);
      client.send(post('/wait', 'Content-Length: 5\r\nExpect: 100-continue\r\n'));
      await client.expect('HTTP/1.1 100 Continue\r\n\r\n');
      assert.equal(origin.requests.length, 0);
      client.send('b=two');
      assert.match(await client.rest(), /HTTP\/1\.1 200 OK/);
      assert.equal(await seen(origin, '/wait'), '<5/5|two|b=two> expect:false b=two');
    },
  );

  test(`${way.name}: with at-least a server is asked as soon as so much is here`, { skip }, async (t) => {
    const { origin, port } = await startWay(t, way, {
      frontend: ['http-request wait-for-body time 30s at-least 3', 'http-request set-header x-size %[req.body_size]'],
    });
    const client = await openRaw(t, port);
    client.send(`${post('/part', 'Content-Length: 6\r\n')}ab`);
    client.send('c');
    const request = await origin.head('/part');
    assert.match(request.head, /x-size: 6\r/i);
    assert.equal(request.complete, false);
    client.send('def');
    await client.rest();
    assert.equal(request.body, 'abcdef');
  });

  test(`${way.name}: a body that fills the buffer is passed on, all of it`, { skip }, async (t) => {
    const { origin, port } = await startWay(t, way, {
      frontend: ['option http-buffer-request', 'http-request set-header x-full yes if { req.body_len gt 10000 }'],
    });
    const body = Array.from({ length: 20_000 }, (_, at) => `${at}`.padStart(9, '.')).join('');
    const client = await openRaw(t, port);
    client.send(post('/large', `Content-Length: ${body.length}\r\n`) + body);
    await client.rest();
    const [request] = origin.to('/large');
    assert.match(request?.head ?? '', /x-full: yes/i);
    assert.equal(request?.body === body, true);
  });

  test(`${way.name}: rules on responses see a body that they wait for`, { skip }, async (t) => {
    const { origin, port } = await startWay(t, way, {
      backend: [
        'http-request set-var(txn.part) int(1) if { path /part }',
        'http-response wait-for-body time 30s at-least 5 if { var(txn.part) -m found }',
        'http-response wait-for-body time 30s unless { var(txn.part) -m found }',
        'http-response deny if { res.body -m sub secret }',
        'http-response set-header x-seen "%[res.body_len]/%[res.body_size] %[res.body]" unless { var(txn.part) -m found }',
      ],
    });
    const reply =
      (fields: string, first: string, second: string, end = false) =>
      (_: unknown, { socket }: { socket: import('node:net').Socket }) => {
        socket.write(`HTTP/1.1 200 OK\r\n${fields}\r\n${first}`);
        setImmediate(() => (end ? socket.end(second) : socket.write(second)));
      };
    origin.replies.set('/length', reply('Content-Length: 11\r\n', 'hello', ' world'));
    origin.replies.set(
      '/chunks',
      reply('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n', '6\r\n world\r\n0\r\n\r\n'),
    );
    origin.replies.set('/close', reply('', 'hello', ' world', true));
    origin.replies.set('/leak', reply('Content-Length: 10\r\n', 'the se', 'cret'));
    origin.replies.set('/none', 'HTTP/1.1 204 No Content\r\n\r\n');
    const ask = async (target: string): Promise<string> => {
      const client = await openRaw(t, port);
      client.send(`GET ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`);
      return client.rest();
    };
    for (const target of ['/length', '/chunks', '/close']) {
      const answer = await ask(target);
      assert.match(answer, /x-seen: 11\/11 hello world\r/i, target);
      assert.match(answer.replaceAll(/\r\n[0-9a-fA-F]+\r\n/g, ''), /hello world/, target);
    }
    assert.match(await ask('/leak'), /^HTTP\/1\.1 502 /);
    assert.match(await ask('/none'), /^HTTP\/1\.1 204 [^]*x-seen: 0\/0 ?\r/i);
    let release = (): void => {};
    origin.replies.set('/part', (_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello');
      release = () => void socket.write(' world');
    });
    const client = await openRaw(t, port);
    client.send('GET /part HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
    await client.expect('hello');
    release();
    assert.match(await client.rest(), /hello world$/);
  });

  test(`${way.name}: rules do not wait for the body of a response that has none`, { skip }, async (t) => {
    const { origin, port } = await startWay(t, way, {
      backend: [
        'http-response wait-for-body time 30s',
        'http-response set-header x-seen "%[res.body_len]/%[res.body_size]"',
      ],
    });
    origin.replies.set('/head', 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n');
    const client = await openRaw(t, port);
    client.send('HEAD /head HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
    assert.match(await client.rest(), /x-seen: 0\/0\r/i);
    origin.replies.set(
      '/upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\nhello',
    );
    const upgraded = await openRaw(t, port);
    upgraded.send('GET /upgrade HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n');
    await upgraded.expect('hello');
    upgraded.reset();
    await origin.to('/upgrade')[0]?.connection.ended();
  });

  test(`${way.name}: a form can choose the server and the log can show it`, { skip }, async (t) => {
    const { origin, port, syslog } = await startWay(t, way, {
      frontend: [
        'option http-buffer-request',
        'http-request set-var(txn.user) req.body_param(user)',
        'log-format "user=%[var(txn.user)] %s"',
      ],
      backend: [
        'stick-table type string size 100',
        'stick on req.body_param(user)',
        'http-request deny if { req.body_param(user) -m str evil }',
      ],
    });
    const send = async (body: string): Promise<string> => {
      const client = await openRaw(t, port);
      client.send(post('/login', `Content-Length: ${body.length}\r\n`) + body);
      return client.rest();
    };
    assert.match(await send('user=ann&x=1'), /^HTTP\/1\.1 200/);
    assert.match(await send('user=evil'), /^HTTP\/1\.1 403/);
    assert.equal(origin.requests.length, 1);
    await syslog.message(/user=ann one/);
    await syslog.message(/user=evil /);
  });
}

test('a body with broken framing is refused while rules wait for it', async (t) => {
  for (const way of OURS) {
    const { origin, port } = await startWay(t, way, { frontend: WAITING });
    const client = await openRaw(t, port);
    client.send(`${post('/broken', 'Transfer-Encoding: chunked\r\n')}3\r\nabcd`);
    assert.match(await client.rest(), /^HTTP\/1\.1 400 /, way.name);
    assert.equal(origin.requests.length, 0, way.name);
  }
});

test('pipelined requests keep their order and their bodies when rules wait for each', async (t) => {
  for (const way of OURS) {
    const { origin, port } = await startWay(t, way, {
      frontend: ['http-request wait-for-body time 30s', 'http-request set-path /%[req.body]'],
    });
    for (const name of ['one', 'two', 'three'])
      origin.replies.set(`/${name}`, `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
    const client = await openRaw(t, port);
    const ask = (body: string, last = ''): string =>
      `POST / HTTP/1.1\r\nHost: a.test\r\n${last}Content-Length: ${body.length}\r\n\r\n${body}`;
    client.send(ask('one') + ask('two') + ask('three', 'Connection: close\r\n'));
    const answers = (await client.rest())
      .split('\r\n\r\n')
      .map((part) => part.replace(/HTTP[^]*/, ''))
      .filter(Boolean);
    assert.deepEqual(answers, ['one', 'two', 'three'], way.name);
  }
});
