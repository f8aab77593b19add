import test from 'node:test';
import type { TestContext } from 'node:test';
import { missing } from '../../support/programs.ts';
import type { Routing } from '../../support/routing.ts';
import { compare, startAll, startCookieApp } from '../../support/sticky.ts';
import type { Asked } from '../../support/sticky.ts';

const skip = missing('haproxy');
const TIMEOUT = 60_000;

/** Backends with the same servers, and how each of them remembers clients. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  source: ['stick-table type ip size 10k expire 30m', 'stick on src'],
  evicts: ['stick-table type ip size 1', 'stick on src'],
  addresses: ['stick-table type ip size 10k srvkey addr', 'stick on src'],
  parameter: ['stick-table type string len 8 size 10k', 'stick on urlp(id)'],
  header: ['stick-table type integer size 10k', 'stick on req.hdr(x-key) if { req.hdr(x-key) -m found }'],
  matches: ['stick match src table source'],
  session: [
    'stick-table type string len 16 size 10k',
    'stick store-response res.cook(SID)',
    'stick match req.cook(SID)',
  ],
  twice: ['stick-table type string size 10k', 'stick on urlp(a)', 'stick on urlp(b)', 'stick on req.hdr(x-key)'],
  two: ['stick-table type string size 10k', 'stick store-request urlp(id)', 'stick match urlp(want)'],
  both: ['stick-table type ip size 10k', 'cookie SRV insert', 'stick on src'],
  rule: ['stick-table type ip size 10k', 'stick on src', 'use-server b if { path_end .png }'],
  free: ['stick-table type ip size 10k', 'stick on src', 'default-server non-stick'],
  ignored: ['stick-table type ip size 10k', 'stick on src', 'ignore-persist if { path_end .png }'],
};

async function start(t: TestContext): Promise<readonly Routing[]> {
  const ports = await Promise.all(['a', 'b', 'c'].map((name) => startCookieApp(t, name)));
  const servers = ['a', 'b', 'c'].map(
    (name, at) => `server ${name} 127.0.0.1:${ports[at]} cookie ${name} id ${7 - at}`,
  );
  const backends = Object.fromEntries(Object.entries(WAYS).map(([name, lines]) => [name, [...lines, ...servers]]));
  return startAll(t, {
    frontend: ['use_backend %[path,field(2,/)]'],
    backends,
    backend: ['server none 127.0.0.1:1 disabled'],
  });
}

const REQUESTS: readonly (Omit<Asked, 'target'> & { readonly rest: string })[] = [
  { rest: '' },
  { rest: '', from: '127.0.0.2' },
  { rest: '?id=1' },
  { rest: '?id=1&want=1' },
  { rest: '?id=123456789', from: '127.0.0.2' },
  { rest: '?id=12345678x&want=123456789' },
  { rest: '?want=2&id=2' },
  { rest: '?want=2' },
  { rest: '?a=1&b=2', lines: ['X-Key: 5'] },
  { rest: '?b=1', lines: ['X-Key: 5'] },
  { rest: '?b=2&id=', lines: ['X-Key: x'] },
  { rest: 'a.png' },
  { rest: 'a.png?a=2', from: '127.0.0.2', lines: ['X-Key: 1'] },
  { rest: '?h=Set-Cookie:%20SID=one;%20path=/' },
  { rest: '?h=Set-Cookie:%20SID=two' },
  { rest: '?status=404', lines: ['Cookie: SID=one'] },
  { rest: '', lines: ['Cookie: SID=one; x=1'] },
  { rest: '', lines: ['Cookie: SID=two'] },
  { rest: '', lines: ['Cookie: SID=three'], from: '127.0.0.3' },
  { rest: '', lines: ['Cookie: SRV=c'] },
  { rest: '', lines: ['Cookie: SRV=nope'], from: '127.0.0.2' },
  { rest: '', from: '127.0.0.3' },
  { rest: '' },
];

test('stick rules send clients where HAProxy sends them', { skip, timeout: TIMEOUT }, async (t) => {
  const routers = await start(t);
  const asked = Object.keys(WAYS).flatMap((way) =>
    REQUESTS.map(({ rest, ...one }): Asked => ({ ...one, target: `/${way}/${rest}` })),
  );
  await compare(t, routers, asked);
});
