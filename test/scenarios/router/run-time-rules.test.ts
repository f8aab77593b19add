/** Rules that edit lists, and rules on the way of a request, beside HAProxy: `set-map`, `add-acl`, `normalize-uri`, `early-hint`, priorities. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../../support/programs.ts';
import { exchange, openRaw } from '../../support/raw.ts';
import type { RawSocket } from '../../support/raw.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';
import { ALL, OURS, startWay, type Way } from '../../support/ways.ts';

const skip = missing('haproxy');

/** The answers of every way to the same requests must be those of HAProxy. */
async function same(run: (way: Way) => Promise<unknown>): Promise<unknown> {
  const [theirs, ...ours] = await Promise.all(ALL.map(run));
  for (const [index, { name }] of OURS.entries()) assert.deepEqual(different(ours[index], theirs), [], name);
  return theirs;
}

function different(ours: unknown, theirs: unknown): readonly string[] {
  if (!Array.isArray(ours) || !Array.isArray(theirs) || ours.length !== theirs.length)
    return ['the numbers of answers'];
  return ours.flatMap((one, at) => (one === theirs[at] ? [] : [`${one} != ${theirs[at]}`]));
}

const get = (target: string, fields = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${fields}\r\n`;

test('maps and acls that rules edit are seen by every expression on the same file', { skip }, async (t) => {
  const files = new TempDir(t);
  const edited = (name: string, text: string): ((way: Way) => string) => {
    const paths = new Map(ALL.map((way) => [way.name, files.write(`${way.name}-${name}`, text)]));
    return (way) => paths.get(way.name) ?? '';
  };
  const exact = edited('exact.map', '# a map\nkept 1\ngone 2\n');
  const prefixes = edited('beg.map', '/a short\n/a/b long\n');
  const networks = edited('ip.map', '10.0.0.0/8 wide\n');
  const blocked = edited('blocked.acl', '192.0.2.0/24\n');
  const words = edited('words.acl', 'first\n');
  const steps = [
    '/ask?k=kept',
    '/set?k=new&v=9',
    '/ask?k=new',
    '/set?k=kept&v=5',
    '/ask?k=kept',
    '/del?k=gone',
    '/ask?k=gone',
    '/del?k=never',
    '/set?k=/a/b/c&v=longest',
    '/ask?k=/a/b/c/d',
    '/del?k=/a/b/c',
    '/ask?k=/a/b/c/d',
    '/set?k=10.1.0.0/16&v=narrow',
    '/ask?k=10.1.2.3',
    '/ask?k=10.2.2.3',
    '/set?k=no_address&v=x',
    '/ask?k=10.1.2.4',
    '/ban?k=198.51.100.7',
    '/ask?k=198.51.100.7',
    '/ask?k=192.0.2.9',
    '/pardon?k=198.51.100.7',
    '/ask?k=198.51.100.7',
    '/ban?k=second',
    '/ask?k=SECOND',
    '/ask?k=first',
    '/pardon?k=first',
    '/ask?k=first',
  ];
  await same(async (way) => {
    const { port } = await startWay(t, way, {
      frontend: [
        'http-request set-var(txn.k) urlp(k)',
        ...[exact, prefixes, networks].map(
          (file) => `http-request set-map(${file(way)}) %[var(txn.k)] %[urlp(v)] if { path /set }`,
        ),
        ...[exact, prefixes].map((file) => `http-request del-map(${file(way)}) %[var(txn.k)] if { path /del }`),
        ...[blocked, words].map((file) => `http-request add-acl(${file(way)}) %[var(txn.k)] if { path /ban }`),
        ...[blocked, words].map((file) => `http-request del-acl(${file(way)}) %[var(txn.k)] if { path /pardon }`),
        `http-request set-header x-exact %[var(txn.k),map(${exact(way)},none)]`,
        `http-request set-header x-beg %[var(txn.k),map_beg(${prefixes(way)},none)]`,
        `http-request set-header x-ip %[var(txn.k),map_ip(${networks(way)},none)]` + ' if { path /ask }',
        `http-request set-header x-blocked yes if { urlp(k) -m ip -f ${blocked(way)} }`,
        `http-request set-header x-word yes if { urlp(k) -m str -i -f ${words(way)} }`,
        `http-request return status 200 content-type text/plain lf-string "%[req.hdr(x-exact)] %[req.hdr(x-beg)] %[req.hdr(x-ip)] %[req.hdr(x-blocked)] %[req.hdr(x-word)]"`,
      ],
    });
    const answers: string[] = [];
    for (const step of steps) answers.push(`${step}: ${(await exchange(t, port, get(step))).split('\r\n\r\n')[1]}`);
    return answers;
  });
});

test('a rule on responses edits a map', { skip }, async (t) => {
  const files = new TempDir(t);
  await same(async (way) => {
    const file = files.write(`${way.name}.map`, '');
    const { origin, port } = await startWay(t, way, {
      frontend: [
        `http-request return status 200 content-type text/plain lf-string "%[str(x),map(${file},none)]" if { path /ask }`,
      ],
      backend: [`http-response set-map(${file}) x %[res.hdr(x-value)]`],
    });
    origin.replies.set('/learn', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Value: learnt\r\n\r\n');
    const before = (await exchange(t, port, get('/ask'))).split('\r\n\r\n')[1];
    await exchange(t, port, get('/learn'));
    return [before, (await exchange(t, port, get('/ask'))).split('\r\n\r\n')[1]];
  });
});

test('targets are normalized as by HAProxy', { skip }, async (t) => {
  const targets = [
    '/',
    '/a',
    '//',
    '//a//b',
    '/a///?b=//',
    '/.',
    '/./',
    '/a/.',
    '/a/./b',
    '/./a',
    '/..',
    '/../',
    '/a/..',
    '/a/../',
    '/a/../b',
    '/../a',
    '/a/b/../../..',
    '/a/b/../../../c',
    '/a//../b',
    '/a/..b/c',
    '/.../a',
    '/a/b/..',
    '/%2e%2E/a',
    '/%41%7e%2f%zz',
    '/a%2',
    '/%',
    '/?b=2&a=1',
    '/?a=2&a=1&b',
    '/?aaa=3&a=1&aa=2',
    '/?',
    '/?&&',
    '/?=1&b',
    '/a?x=%c3%A4',
    '*',
    '/a/./../b/?./../',
    '/a/b/./.././c',
  ];
  const normalizers = [
    'path-merge-slashes',
    'path-strip-dot',
    'path-strip-dotdot',
    'path-strip-dotdot full',
    'percent-decode-unreserved',
    'percent-to-uppercase',
    'query-sort-by-name',
    'percent-decode-unreserved strict',
    'percent-to-uppercase strict',
  ];
  await same(async (way) => {
    const { origin, port } = await startWay(t, way, {
      global: way.router === 'haproxy' ? ['expose-experimental-directives'] : [],
      frontend: normalizers.flatMap((normalizer, at) => [
        `acl n${at} req.hdr(x-n) ${at}`,
        // HAProxy reads an option that is not there from the condition: each has its own list.
        `http-request normalize-uri ${normalizer} if n${at}`,
      ]),
    });
    const found: string[] = [];
    for (const [at, normalizer] of normalizers.entries()) {
      // HAProxy 2.6 takes `if` for the option of these and then normalizes by another: only what it does is compared.
      if (['path-strip-dotdot', 'percent-decode-unreserved', 'percent-to-uppercase'].includes(normalizer)) continue;
      for (const target of targets) {
        const before = origin.requests.length;
        const answer = await exchange(
          t,
          port,
          target === '*' ? get(target, `X-N: ${at}\r\n`).replace('GET', 'OPTIONS') : get(target, `X-N: ${at}\r\n`),
        );
        found.push(
          `${normalizer} ${target}: ${answer.slice(9, 12)} ${origin.requests
            .slice(before)
            .map((one) => one.target)
            .join()}`,
        );
      }
    }
    return found;
  });
});

test('normalizers whose option is left out work as in HAProxy', { skip }, async (t) => {
  const targets = ['/a/../b', '/../a', '/a/b/../../../c', '/%41%7e%2f%zz', '/a%2', '/a?x=%c3%a4', '/x/..'];
  await same(async (way) => {
    const found: string[] = [];
    for (const normalizer of ['path-strip-dotdot', 'percent-decode-unreserved', 'percent-to-uppercase']) {
      const { origin, port } = await startWay(t, way, {
        global: way.router === 'haproxy' ? ['expose-experimental-directives'] : [],
        frontend: [`http-request normalize-uri ${normalizer}`],
      });
      for (const target of targets) await exchange(t, port, get(target));
      found.push(...origin.requests.map((one) => one.target));
    }
    return found;
  });
});

test('early hints come before the response, rules in a row in one 103, and none to HTTP/1.0', { skip }, async (t) => {
  await same(async (way) => {
    const { port } = await startWay(t, way, {
      frontend: [
        'http-request early-hint Link "</a.css>; rel=preload"',
        'http-request early-hint Link "<%[path].js>; rel=preload" if { path_beg /x }',
        'http-request deny if { path /deny }',
      ],
      backend: ['http-request early-hint X-Be %[be_name]'],
    });
    const answers: string[] = [];
    for (const request of [get('/x'), get('/y'), get('/deny'), 'GET /old HTTP/1.0\r\n\r\n'])
      answers.push(
        (await exchange(t, port, request))
          .replaceAll(/^[A-Za-z-]+:/gm, (name) => name.toLowerCase())
          .replace(/content-length: 0\r\n|connection: .*\r\n/gi, ''),
      );
    return answers;
  });
});

test('requests of a lower class, and of a lower offset, leave the queue first', { skip }, async (t) => {
  const order = await same(async (way) => {
    const frontend = [
      'http-request set-priority-class req.hdr(x-class),add(0)',
      'http-request set-priority-offset req.hdr(x-offset),add(0)',
      'http-request set-header x-seen %[prio_class]/%[prio_offset]',
      'http-request return status 200 content-type text/plain lf-string %[queue(apps)] if { path /queued }',
    ];
    const { origin, port } = await startWay(t, way, { frontend }, 'maxconn 1');
    const held: RawSocket[] = [];
    origin.otherwise = (_, connection) => void held.push(connection);
    const answer = async (): Promise<void> => {
      const connection = await until('a request at the server', () => held.shift());
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      connection.end();
    };
    const clients: RawSocket[] = [];
    const ask = async (name: string, fields: string): Promise<void> => {
      const client = await openRaw(t, port);
      client.send(get(`/${name}`, fields));
      clients.push(client);
    };
    await ask('first', '');
    await until('the first request', () => held.length > 0);
    for (const [name, fields] of [
      ['normal', ''],
      ['last', 'X-Class: 2000\r\n'],
      ['late', 'X-Offset: 200000\r\n'],
      ['normal2', ''],
      ['urgent', 'X-Class: -5\r\n'],
      ['early', 'X-Offset: -200000\r\n'],
      ['most', 'X-Class: -99999\r\n'],
    ] as const) {
      await ask(name, fields);
      const waiting = clients.length - 1;
      await until(`${waiting} in the queue`, async () =>
        (await exchange(t, port, get('/queued'))).endsWith(`\r\n${waiting}`),
      );
    }
    for (let left = clients.length; left > 0; left -= 1) await answer();
    await Promise.all(clients.map((client) => client.rest()));
    return origin.requests.map(({ target, head }) => `${target} ${/x-seen: (.*)\r/i.exec(head)?.[1]}`);
  });
  assert.deepEqual(order, [
    '/first 0/0',
    '/most -2047/0',
    '/urgent -5/0',
    '/early 0/-200000',
    '/normal 0/0',
    '/normal2 0/0',
    '/late 0/200000',
    '/last 2000/0',
  ]);
});

test('disable-l7-retry leaves a refused request to its client', { skip }, async (t) => {
  await same(async (way) => {
    const { origin, port } = await startWay(t, way, {
      frontend: ['http-request disable-l7-retry if { path /once }'],
      backend: ['retry-on all-retryable-errors', 'retries 2'],
    });
    origin.otherwise = 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n';
    const answers = [
      (await exchange(t, port, get('/once'))).slice(9, 12),
      (await exchange(t, port, get('/again'))).slice(9, 12),
    ];
    return [...answers, origin.to('/once').length, origin.to('/again').length];
  });
});
