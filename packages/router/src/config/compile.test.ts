import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import { readHaproxyCfg } from './haproxy-cfg.ts';
import type { Backend, Frontend } from '../model/snapshot.ts';

const io = { readFile: (): undefined => undefined };

function compiled(text: string): ReturnType<typeof compile> {
  const problems = new Problems();
  return compile(readHaproxyCfg(text, 'x.cfg', {}, problems), io, problems);
}

function backend(lines: string): Backend {
  const { snapshot, problems } = compiled(`defaults\n mode http\nfrontend f\n bind :80\nbackend b\n${lines}`);
  const found = snapshot?.backends.get('b');
  assert.ok(found, problems.map(formatProblem).join('\n'));
  return found;
}

function frontend(lines: string): Frontend {
  const { snapshot, problems } = compiled(`frontend f\n mode http\n bind :80\n${lines}`);
  const found = snapshot?.frontends[0];
  assert.ok(found, problems.map(formatProblem).join('\n'));
  return found;
}

test('timeouts that guard against stalling clients are set when nobody wrote them, and 0 removes them', () => {
  const bare = frontend('').timeouts;
  assert.deepEqual([bare.client, bare.httpRequest, bare.httpKeepAlive, bare.clientFin], [0, 10_000, 10_000, 5_000]);
  const open = frontend(' timeout http-request 0\n timeout client-fin 0\n timeout client 5s').timeouts;
  assert.deepEqual([open.client, open.httpRequest, open.httpKeepAlive, open.clientFin], [5000, 0, 5000, 0]);
  assert.equal(frontend(' timeout http-request 3s').timeouts.httpKeepAlive, 3000);
  assert.equal(frontend(' timeout http-keep-alive 4s').timeouts.httpKeepAlive, 4000);
  assert.deepEqual([backend(' timeout connect 2s').timeouts.queue, backend('').timeouts.serverFin], [2000, 30_000]);
});

test('the last of the connection modes counts, and no takes back only its own', () => {
  const mode = (lines: string): string => frontend(lines).connectionMode;
  assert.equal(mode(' option httpclose\n option http-server-close'), 'server-close');
  assert.equal(mode(' option httpclose\n no option http-server-close'), 'close');
  assert.equal(mode(' option httpclose\n no option httpclose'), 'keep-alive');
});

test('forwardfor excepts an address or a network of either family', () => {
  const except = (words: string, address: string): boolean | undefined =>
    backend(` option forwardfor ${words}`).forwardFor?.except(address);
  assert.deepEqual(
    ['10.1.2.3', '11.0.0.1', '::ffff:10.0.0.1', 'junk', ''].map((address) => except('except 10.0.0.0/8', address)),
    [true, false, true, false, false],
  );
  assert.equal(except('except 127.0.0.1', '127.0.0.1'), true);
  assert.equal(except('except 2001:db8::/32', '2001:db8::1'), true);
  assert.equal(except('header X-Client', '10.1.2.3'), false);
  assert.equal(backend(' option forwardfor header X-Client').forwardFor?.header, 'X-Client');
});

test('checks of a server that gets a PROXY header send one too, unless they go elsewhere', () => {
  const sends = (words: string): boolean | undefined =>
    backend(` server s localhost:80 check ${words}`).servers[0]?.check?.sendProxy;
  assert.deepEqual(
    ['', 'send-proxy', 'send-proxy-v2 port 81', 'port 81 check-send-proxy', 'send-proxy no-check-send-proxy'].map(
      sends,
    ),
    [false, true, false, true, true],
  );
});

test('the port of checks is that of port, then that of addr, in either order', () => {
  const portOf = (words: string): number | undefined =>
    backend(` server s localhost:80 check ${words}`).servers[0]?.check?.port;
  assert.deepEqual(
    ['port 81 addr 10.0.0.1:82', 'addr 10.0.0.1:82 port 81', 'addr 10.0.0.1:82', 'addr 10.0.0.1:82 port 0', ''].map(
      portOf,
    ),
    [81, 81, 82, 82, undefined],
  );
});

test('a listen is a frontend and a backend of its own, and its rules run once', () => {
  const { snapshot } = compiled(
    'listen l\n mode http\n bind :80\n http-request deny if { path /x }\n server s localhost:80\n',
  );
  assert.equal(snapshot?.frontends[0]?.defaultBackend, 'l');
  assert.equal(snapshot?.frontends[0]?.requestRules.length, 1);
  assert.equal(snapshot?.backends.get('l')?.requestRules.length, 0);
});

test('a head keeps at least 1024 bytes', () => {
  assert.match(
    compiled('global\n tune.bufsize 2000\nfrontend f\n bind :80').problems.map(formatProblem).join(),
    /leaves 976 bytes for a head/,
  );
});

test('a setting of one proxy never reaches another through their defaults', () => {
  const { snapshot } = compiled(
    'defaults\n timeout client 1s\nfrontend a\n bind :80\n timeout client 2s\n log stdout local0\nfrontend b\n bind :81\n',
  );
  assert.deepEqual(
    snapshot?.frontends.map(({ timeouts, log }) => [timeouts.client, log.length]),
    [
      [2000, 1],
      [1000, 0],
    ],
  );
});

test('balance alone is round robin, and redispatch counts from the last retry when it is negative', () => {
  assert.equal(backend(' balance').balance.name, 'roundrobin');
  assert.equal(backend(' balance random()').balance.name, 'random');
  const redispatch = (word: string): number => backend(` option redispatch ${word}`).redispatch;
  assert.deepEqual(['', '-1', '-2', '3', '0'].map(redispatch), [-1, -1, -2, 3, 0]);
  assert.match(compiled('backend b\n option redispatch x\n').problems.map(formatProblem).join(), /'x' is not a number/);
});

test('tcp-request content rules are kept in a backend too, and inspect-delay is accepted with a notice', () => {
  const { snapshot, problems } = compiled(
    'defaults\n mode http\nfrontend f\n bind :80\n tcp-request inspect-delay 5s\n tcp-request content accept if HTTP\nbackend b\n' +
      ' tcp-request content reject if { path /x }\n',
  );
  assert.equal(snapshot?.frontends[0]?.contentRules.length, 1);
  assert.equal(snapshot.backends.get('b')?.contentRules.length, 1);
  assert.match(
    problems.map(formatProblem).join('\n'),
    /x\.cfg:5:14: warning: 'tcp-request inspect-delay' has no effect: rules see a complete head/,
  );
  const told = compiled('backend b\n tcp-request connection accept\n').problems.map(formatProblem).join();
  assert.match(told, /'tcp-request connection' is not allowed in 'backend'/);
});

test('a file without its last line feed may have lost its end: a notice says so', () => {
  const told = (text: string): string => compiled(text).problems.map(formatProblem).join('\n');
  assert.match(told('frontend f\n bind :80'), /x\.cfg:2:10: warning: there is no line feed at the end of this file/);
  assert.doesNotMatch(told('frontend f\n bind :80\n'), /line feed/);
  assert.doesNotMatch(told('frontend f\n bind :80\n '), /line feed/);
});

test('words that only tune the process are accepted, each with the reason why it does nothing', () => {
  const lines = [
    'busy-polling',
    'chroot /var/empty',
    'stats bind-process 1',
    'tune.ssl.cachesize 1',
    'tune.h2.max-frame-size 16384',
    'ssl-default-bind-ciphers A:B',
    'cpu-map 1 0',
  ];
  const { snapshot, problems } = compiled(
    `global\n${lines.join('\n')}\nfrontend f\n mode http\n timeout client 1s\n option splice-auto\n bind :80\n`,
  );
  assert.ok(snapshot);
  assert.equal(problems.length, lines.length + 1);
  for (const { severity, message } of problems) assert.match(`${severity} ${message}`, /^warning '.*' has no effect: /);
});

test('what a counter decides is not remembered, nor a request that has to be counted', () => {
  const many = Array.from({ length: 9 }, (_, index) => ` use_backend b if { hdr(host) ${index}.test }`).join('\n');
  const pure = (lines: string): boolean | undefined =>
    compiled(
      `defaults\n mode http\nfrontend f\n bind :80\n stick-table type ip size 1k store http_req_rate(10s),gpc0\n${lines}\n${many}\nbackend b\n`,
    ).snapshot?.frontends[0]?.pure;
  assert.equal(pure(''), true);
  for (const line of [
    ' http-request track-sc0 src',
    ' tcp-request content track-sc0 src',
    ' tcp-request session track-sc0 src',
    ' tcp-request connection track-sc0 src',
    ' http-request deny if { sc_http_req_rate(0) gt 5 }',
    ' http-request deny if { src_http_req_rate gt 5 }',
    ' http-request deny if { src,table_gpc0(f) gt 5 }',
    ' http-request sc-inc-gpc0(0) if { hdr(host) a }',
    ' http-request set-src hdr(x)',
  ])
    assert.equal(pure(line), false, line);
});

test('rules of a defaults section with a name come before those of its proxies, and its acls are its own', () => {
  const { snapshot, problems } = compiled(
    'defaults base\n mode http\n timeout client 1s\ndefaults d from base\n acl a path /x\n http-request deny if a\n' +
      ' http-response set-header x-proxy %[fe_name]\nfrontend f from d\n bind :80\n acl a path /y\n http-request auth if a\n' +
      'frontend g from d\n bind :81\nfrontend h from base\n bind :82\n',
  );
  assert.deepEqual(
    snapshot?.frontends.map(({ requestRules, responseRules }) => [requestRules.length, responseRules.length]),
    [
      [2, 1],
      [1, 1],
      [0, 0],
    ],
    problems.map(formatProblem).join('\n'),
  );
  assert.deepEqual(
    snapshot?.frontends[0]?.requestRules.map(({ text }) => text),
    ['http-request deny if a', 'http-request auth if a'],
  );
});

for (const [title, text, message] of [
  ['without a name', 'defaults\n http-request deny\n', /'http-request' belongs in a 'defaults' section with a name/],
  ['for other defaults', 'defaults d\n http-request deny\ndefaults e from d\n', /'defaults' do not inherit rules/],
  ['for a listen', 'defaults d\n http-request deny\nlisten l from d\n', /a 'listen' is both frontend and backend/],
  [
    'for a frontend and a backend',
    'defaults d\n mode http\n http-request deny\nfrontend f from d\n bind :80\nbackend b from d\n',
    /a frontend has them, and frontends and backends cannot share rules/,
  ],
  [
    'on connections for a backend',
    'defaults d\n tcp-request session accept\nbackend b from d\n',
    /belongs in frontends/,
  ],
  ['on answers for a frontend', 'defaults d\n tcp-response content accept\nfrontend f from d\n', /belongs in backends/],
  ['that are wrong and unused', 'defaults d\n mode http\n http-request dney\n', /unknown action 'dney'/],
] as const)
  test(`rules of defaults are refused ${title}`, () => {
    const { snapshot, problems } = compiled(`${text}frontend z\n mode http\n bind :99\n`);
    assert.equal(snapshot, undefined);
    assert.match(problems.map(formatProblem).join('\n'), message);
  });

test('rules of defaults that no proxy uses are checked as those of a proxy that uses them would be', () => {
  const { snapshot, problems } = compiled(
    'defaults base\n mode tcp\ndefaults a from base\n tcp-request content accept if { req.len gt 0 }\n' +
      'defaults b from base\n tcp-response content accept\ndefaults c\n tcp-request content accept if { req.len gt 0 }\n' +
      'frontend z from base\n bind :99\n',
  );
  assert.ok(snapshot, problems.map(formatProblem).join('\n'));
});

test('a mistake in an acl of defaults that a proxy uses is reported once', () => {
  const { problems } = compiled('defaults d\n mode http\n acl a pathh /\nfrontend z from d\n bind :99\n');
  assert.doesNotMatch(problems.map(formatProblem).join('\n'), /also on line/);
  assert.equal(problems.filter(({ severity }) => severity === 'error').length, 1);
});

test('without a mode a haproxy.cfg means tcp, as in HAProxy, and YAML http', () => {
  const { snapshot, problems } = compiled('listen db\n bind :3306\n option httplog\n server s localhost:3307\n');
  assert.equal(snapshot?.frontends[0]?.engine, 'tcp');
  assert.doesNotMatch(problems.map(formatProblem).join('\n'), /no 'mode'/);
  assert.match(
    compiled('frontend f\n bind :80\n http-request deny\n').problems.map(formatProblem).join('\n'),
    /frontend 'f' has no 'mode', which means tcp, and 'http-request' needs http: write 'mode http'/,
  );
});
