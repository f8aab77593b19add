import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { explainCommand } from './command.ts';
import { readQuestion } from './request.ts';

const folder = mkdtempSync(join(tmpdir(), 'explain-'));
after(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'haproxy.cfg');
writeFileSync(
  file,
  `
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend web
  bind 127.0.0.1:8080
  acl local fc_src 127.0.0.1
  redirect prefix https://x if !local
  http-request deny if { method POST } { hdr(x-a) 2 }
  use_backend tls if { fc_via_tls }
  use_backend proxied if { src 10.0.0.1 }
  default_backend apps
frontend other
  bind 127.0.0.1:8081
  default_backend tls
frontend behind
  bind 127.0.0.1:8082 accept-proxy
  default_backend tls
backend apps
  balance leastconn
  server a 127.0.0.1:1
  server b 127.0.0.1:2 backup
backend tls
  server t 127.0.0.1:3
backend proxied
  redirect location /p
`,
);
const broken = join(folder, 'broken.cfg');
writeFileSync(broken, 'frontend web\n  bind 127.0.0.1:8080\n  use_backend apps if nothing\n');

async function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await explainCommand.run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const asked: readonly (readonly [args: readonly string[], ends: readonly string[]])[] = [
  [[], ['=> backend apps', '=> one of these servers, by balance leastconn: a (127.0.0.1:1), b (127.0.0.1:2, backup)']],
  [['--src', '203.0.113.1', '--path', '/a'], ['=> 302 Found, location: https://x/a']],
  [
    ['--src', '203.0.113.1', '--proxied'],
    ['=> backend apps', '=> one of these servers, by balance leastconn: a (127.0.0.1:1), b (127.0.0.1:2, backup)'],
  ],
  [['--src', '203.0.113.1', '--peer', '192.0.2.1'], ['=> 302 Found, location: https://x/']],
  [
    ['--tls', '--host', 'x:443'],
    ['=> backend tls', '=> server t (127.0.0.1:3)'],
  ],
  [
    ['--src', '10.0.0.1', '--proxied'],
    ['=> backend proxied', '=> 302 Found, location: /p'],
  ],
  [['-X', 'POST', '-H', 'X-A: 1', '-H', 'x-a:2'], ['=> 403 Forbidden']],
];

for (const [args, ends] of asked) {
  test(`explain ${args.join(' ')} says ${ends.join(' ')}`, async () => {
    const { code, out, err } = await run('-f', file, '--frontend', 'web', ...args);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(
      out.split('\n').filter((line) => line.startsWith('=>')),
      ends,
    );
  });
}

test('without a name every frontend is explained', async () => {
  const { out } = await run('-f', file);
  assert.deepEqual(
    out
      .split('\n')
      .filter((line) => line.startsWith('frontend '))
      .map((line) => line.split(' ')[1]),
    ['web', 'other', 'behind'],
  );
});

test('an address that requires a PROXY header closes a connection without one', async () => {
  const last = async (...args: readonly string[]): Promise<string | undefined> =>
    (await run('-f', file, '--frontend', 'behind', ...args)).out.trimEnd().split('\n').at(-1);
  assert.equal(
    await last(),
    '=> the connection is closed: a PROXY header is required from 127.0.0.1 and none was sent (add --proxied or --tls to send one)',
  );
  assert.equal(await last('--proxied'), '=> server t (127.0.0.1:3)');
});

test('a configuration with errors prints its problems', async () => {
  const { code, out, err } = await run('-f', broken);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /broken\.cfg:3:23: no such acl 'nothing'/);
});

const misuse: readonly (readonly [args: readonly string[], message: string])[] = [
  [[], 'no configuration file: give one with -f FILE (looked for router.yaml, /etc/headgate/router.yaml)'],
  [['-f', file, 'ftp://x/'], "'ftp://x/': unsupported scheme 'ftp'; use http, https, ws or wss"],
  [['-f', file, 'https:///x'], "'https:///x': '' is not a host"],
  [['-f', file, 'https://a b/'], "'https://a b/': 'a b' is not a host"],
  [['-f', file, 'http://me@x/'], 'clients do not send the user name in a URL'],
  [['-f', file, 'http://x/', 'http://y/'], 'only one URL can be explained at a time'],
  [['-f', file, '--format', 'yaml'], "--format is text or json, not 'yaml'"],
  [['-f', file, '--src', 'x'], "'x' is not an address"],
  [['-f', file, '-H', 'nocolon'], "'nocolon' is not of the form 'Name: value'"],
  [['-f', file, '--nope'], 'unknown option'],
  [['-f', file, '--frontend', 'webb'], "no such frontend 'webb'; did you mean 'web'?"],
];

for (const [args, message] of misuse) {
  test(`explain ${args.slice(2).join(' ')} is a usage error: ${message}`, async () => {
    const { code, err } = await run(...args);
    assert.equal(code, 2);
    assert.ok(err.includes(message), err);
  });
}

const opened: readonly (readonly [url: string, sent: string])[] = [
  ['https://a.example.test/api', 'a.example.test /api true a.example.test '],
  ['HTTPS://A.Example.Test:443', 'a.example.test / true a.example.test '],
  ['https://a.example.test:8443/a?b=c#d', 'a.example.test:8443 /a?b=c true a.example.test '],
  ['http://a.example.test?x', 'a.example.test /?x false  '],
  ['https://[::1]/a/../b//c', '[::1] /a/../b//c true  '],
  ['http://127.0.0.1:80/\u00e9 \ud800', '127.0.0.1 /%C3%A9%20%EF%BF%BD false  '],
  ['wss://b\u00fccher.example/socket', 'xn--bcher-kva.example /socket true xn--bcher-kva.example websocket'],
];
for (const [url, sent] of opened) {
  test(`${url} is explained as the request a client would send`, () => {
    const question = readQuestion([url]);
    assert.ok(typeof question !== 'string', JSON.stringify(question));
    const { facts } = question;
    const { tls, proxied } = facts.connection;
    assert.equal(
      `${facts.header('host').join()} ${facts.target} ${proxied} ${tls?.sni ?? ''} ${facts.header('upgrade').join()}`,
      sent,
    );
  });
}

test('a URL describes the request, and options override it', async () => {
  const ends = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await run('-f', file, '--frontend', 'web', ...args)).out.split('\n').filter((line) => line.startsWith('=>'));
  assert.deepEqual(await ends('https://a.example.test/api'), ['=> backend tls', '=> server t (127.0.0.1:3)']);
  assert.deepEqual(await ends('--src', '203.0.113.1', 'http://a.example.test/api'), [
    '=> 302 Found, location: https://x/api',
  ]);
  assert.deepEqual(await ends('--src', '203.0.113.1', '--path', '/b', 'http://a.example.test/api'), [
    '=> 302 Found, location: https://x/b',
  ]);
});

test('--format json prints every rule, its condition and the outcome', async () => {
  const { code, out, err } = await run('-f', file, '--frontend', 'web', '--format', 'json', 'http://x/a');
  assert.deepEqual([code, err], [0, '']);
  const { ways } = JSON.parse(out);
  const [[frontend, backend]] = ways;
  assert.deepEqual(frontend.rules[0], {
    text: 'http-request deny if { method POST } { hdr(x-a) 2 }',
    file,
    line: 11,
    applies: false,
    condition: [
      [
        {
          text: '{ method POST }',
          value: false,
          criteria: [{ text: 'method POST', file, line: 11, value: false, samples: ['GET'] }],
        },
        { text: '{ hdr(x-a) 2 }', value: null, criteria: [] },
      ],
    ],
  });
  assert.deepEqual(frontend.outcome, { kind: 'backend', backend: 'apps', text: 'backend apps' });
  assert.equal(backend.outcome.balance, 'leastconn');
  assert.deepEqual(backend.outcome.servers[1], { name: 'b', address: '127.0.0.1:2', backup: true, disabled: false });
});

test('--format json prints the problems of a configuration too', async () => {
  const { code, out, err } = await run('-f', broken, '--format', 'json');
  assert.deepEqual([code, err], [1, '']);
  const { problems } = JSON.parse(out);
  assert.ok(
    problems.some(({ line, column }: { line: number; column: number }) => line === 3 && column === 23),
    out,
  );
});

test('--help prints the options', async () => {
  const { code, out } = await run('--help');
  assert.equal(code, 0);
  assert.match(out, /--proxied/);
});

test('a limit is shown with its key, its table, and what its counter reads when this request is the first', async () => {
  const limited = join(folder, 'limited.cfg');
  writeFileSync(
    limited,
    `
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend web
  bind 127.0.0.1:8080
  stick-table type ipv6 size 1k expire 1m store http_req_rate(10s)
  tcp-request connection track-sc1 src table keys
  http-request track-sc0 src
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 0 }
backend keys
  stick-table type ip size 1k store conn_cur
`,
  );
  let text = '';
  const io = { out: (more: string): void => void (text += more), err: (more: string): void => void (text += more) };
  assert.equal(await explainCommand.run(['-f', limited, '--src', '192.0.2.7'], io), 0);
  assert.match(text, /track-sc1 src table keys\n    tracks     "192\.0\.2\.7" in the stick table keys, slot 1\n/);
  assert.match(text, /track-sc0 src\n    tracks     "::ffff:192\.0\.2\.7" in the stick table web, slot 0\n/);
  assert.match(text, /true       sc_http_req_rate\(0\) gt 0  \(.*, is "1"\)\n/);
  assert.match(text, /=> 429 Too Many Requests/);
});

const responding = join(folder, 'responding.cfg');
writeFileSync(
  responding,
  `
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend www
  bind 127.0.0.1:8080
  capture request header Host len 20
  capture response header Server len 20
  stick-table type ip size 1k expire 30s store http_req_rate(10s),http_err_cnt
  http-request track-sc0 src
  http-request set-var(txn.path) path
  http-response set-header X-Path %[var(txn.path)]
  http-response del-header X-Powered-By
  http-response deny if { status 418 }
  http-after-response set-header Strict-Transport-Security max-age=1
  default_backend apps
backend apps
  cookie SRV insert indirect
  http-response set-status 503 if { status 500 }
  server one 127.0.0.1:1 cookie a
  server two 127.0.0.1:2 cookie b
`,
);

test('a response is shown with its rules, its edits, the cookie, and what the request leaves', async () => {
  const fields = ['--response-header', 'X-Powered-By: PHP', '--response-header', 'Server: nginx'];
  const { code, out } = await run('-f', responding, '--host', 'a.test', '--path', '/x', '--status', '500', ...fields);
  assert.equal(code, 0);
  const [, response = '', end = ''] = /\n(response of apps [^]*?)\n\n(at the end[^]*)$/.exec(out) ?? [];
  assert.deepEqual(
    response.split('\n').filter((line) => /^(?:changed|=>)/.test(line)),
    [
      'changed      status 503 Service Unavailable',
      'changed      - x-powered-by: PHP',
      'changed      + X-Path: /x',
      'changed      + set-cookie: SRV=a; path=/',
      'changed      + Strict-Transport-Security: max-age=1',
      '=> the client gets 503',
    ],
  );
  assert.deepEqual(end.trimEnd().split('\n'), [
    'at the end',
    'captured     request 0: a.test',
    'captured     response 0: nginx',
    'variable     txn.path = /x',
    'counter      http_req_rate(10000ms) of 127.0.0.1 in www (slot 0): 1',
    'counter      http_err_cnt of 127.0.0.1 in www (slot 0): 0',
  ]);
});

test('a response that a rule replaces is shown so, and 4xx counts as an error of the client', async () => {
  const { out } = await run('-f', responding, '--status', '418');
  assert.match(out, /\n=> 502 Bad Gateway\n/);
  assert.match(out, /http_err_cnt of 127\.0\.0\.1 in www \(slot 0\): 1\n/);
});

test('a response is a stage of its own in JSON, and what is left another', async () => {
  const { out } = await run('-f', responding, '--status', '200', '--format', 'json');
  const { ways } = JSON.parse(out) as { ways: { kind: string; outcome?: { kind: string }; variables?: string[] }[][] };
  assert.deepEqual(
    ways[0]?.map(({ kind, outcome }) => [kind, outcome?.kind]),
    [
      ['frontend', 'backend'],
      ['backend', 'servers'],
      ['response', 'passed'],
      ['end', undefined],
    ],
  );
});

test('a status that is none, and headers of a response without one, are refused', async () => {
  assert.match((await run('-f', responding, '--status', '99')).err, /'99' is not a status: 200 to 599/);
  assert.match((await run('-f', responding, '--response-header', 'A: b')).err, /--response-header needs --status/);
  assert.match((await run('-f', responding, '--status', '200', '--response-header', 'A b')).err, /not of the form/);
});

test('servers are up as at a start, but for those that are disabled, and the port is that of the URL', async () => {
  const states = join(folder, 'states.cfg');
  writeFileSync(
    states,
    `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend web
  bind 127.0.0.1:8080
  http-request set-header X-Port %[dst_port]
  use_backend green if { nbsrv(green) ge 1 }
  use_backend blue if { nbsrv(blue) ge 2 } { srv_is_up(blue/b) } { queue(blue) 0 }
backend green
  server a 127.0.0.1:1 disabled
backend blue
  server a 127.0.0.1:2
  server b 127.0.0.1:3
`,
  );
  const { out } = await run('-f', states, 'https://a.example.test/');
  assert.match(out, /^=> backend blue$/m);
  assert.match(out, /nbsrv\(green\) ge 1 {2}\(\S+, is "0"\)/);
  assert.match(out, /\+ X-Port: 443$/m);
  assert.match((await run('-f', states, 'http://a.example.test:8080/')).out, /\+ X-Port: 8080$/m);
});
