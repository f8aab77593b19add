/** The runtime API side by side with HAProxy's: the same lines, right and wrong, and the same answers. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { asked } from '../../support/control.ts';
import { missing, type Router } from '../../support/programs.ts';
import { startRouting } from '../../support/routing.ts';
import { TempDir } from '../../support/temp.ts';

/** Commands with and without what they need, in an order that matters. `LIST`, `MAP`: files. */
const LINES: readonly string[] = [
  ...['', ' apps', ' apps/one', ' apps/nine', ' nine/one'].flatMap((name) => [
    `get weight${name}`,
    `set weight${name}`,
    `enable agent${name}`,
    `disable health${name}`,
    `shutdown sessions server${name}`,
    `disable server${name}`,
    `enable server${name}`,
  ]),
  ...['x', '-1', '300', '5', '50%', '200%', '10'].map((weight) => `set weight apps/one ${weight}`),
  ...['state', 'state x', 'weight', 'weight x', 'health', 'health x', 'addr', 'addr x', 'addr 127.0.0.1'].map(
    (words) => `set server apps/one ${words}`,
  ),
  ...[
    'addr 127.0.0.1 port',
    'addr 127.0.0.1 port x',
    'check-port',
    'check-port x',
    'check-port 70000',
    'check-port 9',
  ].map((words) => `set server apps/one ${words}`),
  ...['check-addr', 'check-addr x', 'check-addr 127.0.0.2 port 8', 'fqdn', 'fqdn x', 'agent', 'agent x', 'foo'].map(
    (words) => `set server apps/one ${words}`,
  ),
  ...['check-port 9', 'check-addr 127.0.0.1', 'agent up', 'agent-addr 127.0.0.1', 'agent-port 5', 'agent-send x'].map(
    (words) => `set server apps/two ${words}`,
  ),
  'disable frontend',
  'disable frontend nine',
  'shutdown frontend nine',
  'enable frontend front',
  'shutdown session',
  'shutdown session foo',
  'shutdown session 0x1',
  'show sess 0x1',
  'set maxconn',
  'set maxconn server',
  'set maxconn server apps/one x',
  'set maxconn server apps/one 5x',
  'set maxconn server apps/one 5',
  'set maxconn frontend',
  'set maxconn frontend nine 5',
  'set maxconn frontend front 50',
  'set maxconn global 100',
  'set timeout foo 5',
  'set timeout cli x',
  'set timeout cli',
  'set timeout cli 1m',
  'get var proc.x',
  'get var txn.x',
  'get var',
  'set var',
  'set var proc.x int(1)',
  'experimental-mode',
  'experimental-mode on;experimental-mode;experimental-mode off;experimental-mode',
  'operator;experimental-mode on;set var proc.x int(1)',
  ...[
    '',
    ' proc.x',
    ' proc.x int(7)',
    ' proc.x expr int(8),add(1)',
    ' proc.x fmt %[int(9)]:x',
    ' proc.x fmt %[int(9)]\\ x y z',
    ' proc.x zorg int(8)',
    ' proc.x expr str(a) ,upper',
    ' proc.x bool(true)',
    ' proc.x ipv4(127.0.0.1)',
    ' proc.x meth(GET)',
    ' proc.x bin(0102ff)',
    ' proc.x nbsrv(states)',
    ' proc.x var(proc.none)',
    ' proc.y int(2)',
    ' proc.x var(proc.y),add(1)',
    ' txn.x int(1)',
    ' x int(1)',
    ' proc. int(1)',
    ' proc.x-y int(1)',
  ].map((words) => `experimental-mode on;set var${words};get var proc.x`),
  'get var proc.y more',
  'show table nine',
  'show table',
  'set table',
  'set table table',
  'set table table key',
  'set table table key 192.0.2.7 data.gpc0 x',
  'set table table key 192.0.2.7 data.foo 1',
  'set table table key 192.0.2.7 data.gpc1 1',
  'set table table key 192.0.2.7 foo',
  'clear table table key 192.0.2.7',
  'set table table key 192.0.2.7 data.gpc0 5 data.gpt0 3',
  'show table table',
  'show table table data.gpc0 gt 4 data.gpt0 eq 3',
  'show table table data.gpc0 gt 5',
  'show table table data.gpc0',
  'show table table data.gpc0 foo 6',
  'show table table data.foo gt 6',
  'show table table data.gpc1 gt 6',
  'show table table key',
  'show table table foo',
  'show table numbers key abc',
  'set table numbers key abc data.gpc0 1',
  'set table numbers key 7 data.gpc0 1',
  'show table numbers',
  'set table words key abcdefghij data.gpc(1) 1',
  'set table words key abcdefghij',
  'show table words',
  'set table bytes key 616263 data.gpc0 1',
  'show table bytes key 616263',
  'clear table bytes key 616263',
  'show table bytes',
  'clear table',
  'clear table nine',
  ...['show', 'get', 'add', 'del', 'clear', 'prepare', 'commit', 'set'].flatMap((verb) =>
    (verb === 'show' ? ['nofile'] : ['', 'nofile']).map((list) => `${verb} map ${list}`.trimEnd()),
  ),
  'add map MAP k v more',
  'set map MAP k w more',
  'set map MAP nine w',
  'del map MAP nine',
  'get map MAP k',
  'get map MAP nine',
  'add map MAP <<\nx 1\ny 2 and 3\n',
  'show map',
  'show map MAP',
  'prepare map MAP',
  'add map @1 MAP n 1',
  'add map @2 MAP n 1',
  'show map @1 MAP',
  'commit map @1',
  'commit map @7 MAP',
  'commit map @1 MAP',
  'show map MAP',
  'add acl LIST 192.0.2.9',
  'get acl LIST 192.0.2.9',
  'get acl LIST 192.0.2.10',
  'del acl LIST 192.0.2.10',
  'commit acl @1',
  'show acl LIST',
  'show resolvers nine',
  'show servers state nine',
  'show servers conn nine',
  'show stat nine 1 1',
  'show stat a b c',
  'show stat nine up json',
  'show errors nine',
  'add server',
  'add server apps',
  'add server nine/three 127.0.0.1:1',
  'add server apps/one 127.0.0.1:1',
  'show servers state apps',
  'add server apps/three 127.0.0.1:1 weight 7',
  'del server apps/three',
  'add server apps/',
  'add server apps/four',
  'show servers state states',
  ...['unchecked', 'checked', 'off'].map((name) => `disable server states/${name}`),
  'show servers state states',
  'set server states/drained state drain',
  'disable health states/paused',
  'show servers state states',
  'show backend;quit;show backend',
  'prompt\nshow backend; show cli level\nquit',
  'user;show cli level;operator;show cli level',
  'operator;set weight apps/one 1',
  'operator;show errors',
  'user;show env;show sess;show servers state;show cli sockets;show table',
  'user;set timeout cli 5;get weight apps/one;clear counters',
];

test('the answers of the control socket are those of HAProxy', { skip: missing('haproxy') }, async (t) => {
  const theirs = await start(t, 'haproxy');
  const ours = await start(t, 'router');
  const differ: Record<string, { readonly theirs: string; readonly ours: string }> = {};
  for (const line of LINES) {
    const both = { theirs: await theirs(line), ours: await ours(line) };
    if (both.theirs !== both.ours) differ[line] = both;
  }
  assert.deepEqual(differ, {});
});

async function start(t: TestContext, router: Router): Promise<(line: string) => Promise<string>> {
  const dir = new TempDir(t);
  const socket = dir.join('control.sock');
  const files = { LIST: dir.write('blocked.lst', '192.0.2.1\n'), MAP: dir.write('hosts.map', 'a one\nb two\n') };
  const { port } = await startRouting(t, router, {
    global: [`stats socket ${socket} mode 600 level admin`],
    frontend: [
      `http-request deny if { src -f ${files.LIST} }`,
      `http-request set-header x %[req.hdr(host),map(${files.MAP},none)]`,
      `http-request deny if { req.hdr(host),map(${files.MAP}) -m found }`,
      'http-request track-sc0 src table table',
    ],
    // The checks never come due.
    backend: ['server one 127.0.0.1:9 weight 10 check inter 1h fall 9', 'server two 127.0.0.1:9'],
    backends: {
      states: [
        'default-server rise 5 inter 1h',
        'server unchecked 127.0.0.1:9',
        'server checked 127.0.0.1:9 check',
        'server off 127.0.0.1:9 disabled',
        'server paused 127.0.0.1:9 check',
        'server drained 127.0.0.1:9',
        'server unencrypted 127.0.0.1:9 no-ssl',
        'server encrypted 127.0.0.1:9 ssl verify none',
      ],
      table: ['stick-table type ip size 1k expire 10m store gpc0,http_req_rate(10s),conn_cur,gpt0'],
      numbers: ['stick-table type integer size 1k expire 10m store gpc0'],
      words: ['stick-table type string len 5 size 1k expire 10m store gpc_rate(2,1s),gpc(2),server_key,gpt(2)'],
      bytes: ['stick-table type binary len 4 size 1k expire 10m store gpc0'],
    },
  });
  return async (line) => {
    const asking = line.replaceAll('LIST', files.LIST).replaceAll('MAP', files.MAP);
    return steady(await asked(socket, asking))
      .replaceAll(socket, 'SOCKET')
      .replaceAll(String(port), 'PORT');
  };
}

/** Without addresses in memory, ages, and the time that servers have been up and checked. */
function steady(text: string): string {
  return text
    .replaceAll(/\b0x[0-9a-f]+\b/g, '0xN')
    .replaceAll(/exp=\d+/g, 'exp=N')
    .replaceAll(/\/\S*\/headgate-test-\w+/g, 'FOLDER')
    .replaceAll(/\[[^\]]*\]/g, '[DATE]')
    .replaceAll(/^(\d+ apps \d+ \w+ \S+ \d \d+ \d+ \d+) \d+ \d+ \d+ \d+ \d+/gm, '$1 N')
    .replaceAll(/^(\d+ states \d+ \w+ \S+ \d \d+ \d+ \d+) \d+/gm, '$1 N')
    .replaceAll(/^\w+=.*\n/gm, '');
}
