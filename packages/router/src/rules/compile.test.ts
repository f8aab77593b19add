import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorAnswer } from '../http/error-answers.ts';
import { actions } from './actions.ts';
import { decideBackend, decideFrontend } from './evaluate.ts';
import { frontendOf, evaluationOf } from './testing.ts';
import type { Wanted } from './testing.ts';

/** What a frontend of these lines decides: a backend's name, a status with what was sent, or the kind. */
function decided(lines: string, request: Wanted = {}): string {
  const { frontend, problems } = frontendOf(lines);
  assert.deepEqual(problems, []);
  const decision = decideFrontend(frontend, evaluationOf(request));
  if (decision.kind === 'backend') return decision.name;
  if (decision.kind !== 'respond') return decision.kind;
  const { status, headers, body } = decision.answer;
  return [`${status} ${decision.state}`, ...headers.map((header) => header.join(': ')), body].join(' | ');
}

const page = (status: number): string =>
  `${status} P | cache-control: no-cache | content-type: text/html | ${String(errorAnswer(status).body)}`;
const get = { target: '/a' };

const cases: readonly (readonly [says: string, lines: string, decision: string, request?: Wanted])[] = [
  ['no rule is no decision', '', 'none'],
  ['the default backend takes the rest', 'use_backend a if { path /b }\ndefault_backend d', 'd'],
  ['the first use_backend wins', 'use_backend a if { path /a }\nuse_backend b if { path /a }', 'a', get],
  ['a use_backend without a condition always applies', 'use_backend a', 'a'],
  [
    'http-request comes before redirect and use_backend, wherever it stands',
    'use_backend a\nredirect location /r\nhttp-request deny',
    page(403),
  ],
  [
    'redirect comes before use_backend, wherever it stands',
    'use_backend a\nredirect location /r',
    '302 L | location: /r | cache-control: no-cache | ',
  ],
  ['allow ends the http-request rules only', 'http-request allow\nhttp-request deny\nuse_backend a', 'a'],
  [
    'tcp-request content comes first, and accepting ends its rules only',
    'http-request deny\ntcp-request content accept if { path /a }\ntcp-request content reject',
    page(403),
    get,
  ],
  ['tcp-request content rejects a request', 'http-request deny\ntcp-request content reject', 'reject'],
  ['reject answers nothing', 'http-request reject if { path /a }', 'reject', get],
  ['deny has another page', 'http-request deny deny_status 429', page(429)],
  ['deny takes headers', 'http-request deny hdr X-Why no', '403 P | x-why: no | '],
  [
    'deny takes a content',
    'http-request deny deny_status 418 content-type text/plain string tea',
    '418 P | content-type: text/plain | tea',
  ],
  ['return says 200', 'http-request return content-type text/plain string hi', '200 L | content-type: text/plain | hi'],
  [
    'return takes a status and headers',
    'http-request return status 404 content-type a/b string x hdr X-A 100%% hdr x-b 2',
    '404 L | x-a: 100% | x-b: 2 | content-type: a/b | x',
  ],
  ['return may say nothing', 'http-request return status 204', '204 L | '],
  [
    'the location of redirect is taken as it is, percent signs too',
    'redirect location /a%20b',
    '302 L | location: /a%20b | cache-control: no-cache | ',
  ],
  ['a rule whose condition does not hold is passed over', 'http-request deny if { path /b }\nuse_backend a', 'a', get],
];

for (const [says, lines, decision, request] of cases) {
  test(says, () => assert.equal(decided(lines, request), decision));
}

test("a built-in page gives way to the proxy's errorfile, an own content does not", () => {
  const own = { ...errorAnswer(403), body: 'mine' };
  const answered = (lines: string): unknown => {
    const decision = decideFrontend(
      { ...frontendOf(lines).frontend, errorAnswers: new Map([[403, own]]) },
      evaluationOf(),
    );
    return decision.kind === 'respond' ? String(decision.answer.body) : decision.kind;
  };
  assert.equal(answered('http-request deny'), 'mine');
  assert.equal(answered('http-request deny content-type a/b string theirs'), 'theirs');
});

test('a backend decides with its http-request rules and its redirects, and else goes on to its servers', () => {
  const { frontend } = frontendOf('http-request deny if { path /b }\nredirect location /r if { path /a }');
  const backend = {
    ...frontend,
    balance: { name: 'roundrobin', args: [], hash: 'map-based' },
    servers: [],
    retries: 3,
    redispatch: 0,
    retryOn: new Set<never>(),
    checkScript: { kind: 'connect', steps: [] },
    disableOn404: false,
    allBackups: false,
    transparent: false,
    abortOnClose: false,
    logHealthChecks: false,
    originalTo: undefined,
    fullconn: 0,
    persistence: undefined,
    persistDown: false,
    preferLastServer: false,
    checkCache: false,
    mode: 'http',
    answerDelay: 0,
    disabled: false,
    responseContentRules: [],
    pretendKeepAlive: false,
    nameHeader: undefined,
    reuse: 'safe',
  } as const;
  const kindFor = (target: string): string => {
    const decision = decideBackend(backend, evaluationOf({ target }));
    return decision.kind === 'respond' ? String(decision.answer.status) : decision.kind;
  };
  assert.deepEqual(['/a', '/b', '/c'].map(kindFor), ['302', '403', 'none']);
});

test('connection rules look at the connection', () => {
  const { frontend, problems } = frontendOf(
    'acl bad src 10.0.0.0/8\ntcp-request connection reject if bad\n' +
      'tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }\ntcp-request connection accept',
  );
  assert.deepEqual(problems, []);
  const applying = (address: string): readonly string[] => {
    const on = evaluationOf({ connection: { client: { address, port: 1 } } });
    return frontend.connectionRules.filter(({ when }) => when === undefined || when(on)).map(({ act }) => act(on).kind);
  };
  assert.deepEqual(applying('10.0.0.1'), ['reject', 'allow']);
  assert.deepEqual(applying('127.0.0.1'), ['expect-proxy', 'allow']);
});

test('a rule keeps its words for explain', () => {
  const { frontend } = frontendOf('redirect prefix https://x if { path "/a b" }');
  assert.equal(frontend.redirects[0]?.text, 'redirect prefix https://x if { path "/a b" }');
});

const wrong: readonly (readonly [line: string, problem: string])[] = [
  ['redirect', "1: a redirect needs one of 'location', 'prefix' and 'scheme'"],
  ['redirect prefx https://x', "10: unknown word 'prefx' in a redirect; did you mean 'prefix'?"],
  ['redirect prefix', "10: 'prefix' needs a value"],
  ['redirect prefix ""', "17: 'prefix' needs a value"],
  ['redirect prefix /x code 304', "25: '304' is not a redirect code: one of 301, 302, 303, 307, 308"],
  ['redirect prefix /x if a', "23: no such acl 'a'"],
  ['http-request', `1: 'http-request' needs an action: ${Object.keys(actions).join(', ')}`],
  ['http-request dney', "14: unknown action 'dney' of 'http-request'; did you mean 'deny'?"],
  ['http-request set-map(a) b', "14: 'set-map(a)' needs <key format> <value format>"],
  ['http-request set-map a b', "14: 'set-map' needs a file in parentheses: set-map(FILE)"],
  ['http-request add-acl(a) b c', "27: unexpected 'c' after 'add-acl(a)': quote a value that has blanks"],
  ['http-request del-acl(a) %[srcc]', "27: unknown sample fetch 'srcc'; did you mean 'src'?"],
  ['http-request set-timeout client 1s', "26: 'set-timeout' is for 'server' or 'tunnel'"],
  ['http-request set-timeout server', "14: 'set-timeout' needs <server|tunnel> <time or expression>"],
  ['http-request set-timeout server 0', '33: a timeout of 0 is none: give it a duration'],
  [
    'http-request set-timeout server 3x',
    "33: '3x' is not a duration: write an integer followed by us, ms, s, m, h or d",
  ],
  ['http-request set-priority-class 5', "33: unknown sample fetch '5'"],
  ['http-request set-priority-offset', "14: 'set-priority-offset' needs <expression>"],
  ['http-request early-hint Link', "14: 'early-hint' needs <name> <format>"],
  [
    'http-request early-hint Connection close',
    "25: 'Connection' cannot be changed: the router sets it itself; 'option httpclose' and 'option http-server-close' close connections",
  ],
  ['http-request disable-l7-retry now', "31: unexpected 'now' after 'disable-l7-retry': quote a value that has blanks"],
  [
    'http-request normalize-uri path-strip-dotdots',
    "28: unknown normalizer 'path-strip-dotdots': one of fragment-encode, fragment-strip, path-merge-slashes, path-strip-dot, path-strip-dotdot, percent-decode-unreserved, percent-to-uppercase, query-sort-by-name; did you mean 'path-strip-dotdot'?",
  ],
  ['http-request normalize-uri path-strip-dotdot all', "46: 'path-strip-dotdot' has the option 'full'"],
  ['http-request normalize-uri path-strip-dot full', "43: 'path-strip-dot' has no option"],
  [
    'http-request lua.x',
    "14: not supported yet: 'http-request lua' (there is no Lua: use the TypeScript API, or rules)",
  ],
  ['http-request set-hedaer X-A b', "14: unknown action 'set-hedaer' of 'http-request'; did you mean 'set-header'?"],
  ['http-request deny deny_status 418', "31: there is no built-in page for 418: give it a content with 'string'"],
  ['http-request deny status abc', "26: 'abc' is not a status an answer can have (200 to 599)"],
  ['http-request return string x', "21: a 'string' needs its 'content-type'"],
  ['http-request return lf-string x', "21: a 'lf-string' needs its 'content-type'"],
  ['http-request return content-type a/b lf-file no.html', "46: cannot read 'no.html'"],
  ['http-request return hdr X-A %[srcc]', "31: unknown sample fetch 'srcc'; did you mean 'src'?"],
  [
    'http-request return hdr X-A %[res.hdr(a)]',
    "31: 'res.hdr(a)' needs a response, which does not exist yet when a request is decided",
  ],
  ['http-request return hdr Content-Length 5', "25: 'Content-Length' is set by the router itself"],
  ['http-request return hdr "X A" 5', "25: 'X A' is not a header name"],
  ['http-request return hdr X-A "a\\r\\nb"', '29: a header value cannot hold control characters'],
  ['http-request return hdr X-A', "25: header 'X-A' needs a value"],
  ['http-request redirect location /a%20b', "34: unknown format alias '%'; write %% for a percent sign"],
  ['use_backend', '1: use_backend needs the name of a backend'],
  ['use_backend %[hdr(host)', "24: missing ']' after the sample expression"],
  [
    'tcp-request content set-var(a) src',
    "29: 'a' is not a variable: proc.NAME, sess.NAME, txn.NAME, req.NAME or res.NAME",
  ],
  ['tcp-request session expect-proxy layer4', "21: not supported yet: 'tcp-request session expect-proxy'"],
  ['tcp-request connection acept', "24: unknown action 'acept' of 'tcp-request connection'; did you mean 'accept'?"],
  ['tcp-request connection track-sc0', "24: 'track-sc0' needs <key>"],
  ['tcp-request connection track-sc0 src table', "38: 'table' needs the name of a stick table"],
  [
    'tcp-request connection track-sc0 path',
    "34: 'path' needs a request, which does not exist yet when a connection is accepted",
  ],
  ['http-request track-sc3 src', "14: unknown action 'track-sc3' of 'http-request'; did you mean 'track-sc0'?"],
  ['http-request sc-inc-gpc0', "14: 'sc-inc-gpc0' needs the slot in parentheses: sc-inc-gpc0(0)"],
  ['http-request sc-inc-gpc(0)', "14: 'sc-inc-gpc' needs the index and the slot in parentheses: sc-inc-gpc(0,0)"],
  ['http-request sc-inc-gpc0(x)', "26: 'x' is not the slot: a number below 100"],
  ['http-request sc-inc-gpc0(3)', '14: there is no slot 3: keys are tracked in 0 to 2'],
  ['http-request sc-set-gpt0(0)', "14: 'sc-set-gpt0(0)' needs <integer or expression>"],
  ['tcp-request connection expect-proxy', "24: expect-proxy needs 'layer4'"],
  [
    'tcp-request connection accept if { path / }',
    "34: 'path /' needs a request, which does not exist yet when a connection is accepted",
  ],
];

for (const [line, problem] of wrong) {
  test(`${line}: ${problem}`, () => assert.deepEqual(frontendOf(line).problems, [`test.cfg:1:${problem}`]));
}

for (const [line, warning] of [
  [
    'http-request set-nice 5',
    "14: warning: 'set-nice' has no effect: requests have no priority on the processor; set-priority-class orders those that wait for a server",
  ],
  [
    'http-response set-tos 0x10 if TRUE',
    "15: warning: 'set-tos' has no effect: Node.js cannot set the TOS field of packets: set it by their port (nftables)",
  ],
  [
    'tcp-request connection set-mark 1',
    "24: warning: 'set-mark' has no effect: Node.js cannot mark the packets of a connection: mark them by their port (nftables)",
  ],
  [
    'http-request wait-for-handshake',
    "14: warning: 'wait-for-handshake' has no effect: the TLS handshake is over before the router sees a request",
  ],
] as const) {
  test(`${line} is accepted with a notice`, () =>
    assert.deepEqual(frontendOf(line).problems, [`test.cfg:1:${warning}`]));
}

test('a frontend says what its rules read, also what a later line adds to an acl, and whether they are pure', () => {
  const read = (lines: string): readonly unknown[] => {
    const { frontend } = frontendOf(lines);
    return [frontend.pure, ...frontend.reads.toSorted()];
  };
  assert.deepEqual(read(''), [true]);
  assert.deepEqual(read('acl a hdr(host) x\nuse_backend b if a { src 10.0.0.0/8 }'), [
    true,
    'connection',
    'header:host',
  ]);
  assert.deepEqual(read('acl a hdr(host) x\nuse_backend b if a\nacl a rand(2) 1'), [false, 'header:host', 'random']);
  assert.deepEqual(read('redirect scheme https if { path /a }'), [
    true,
    'header:content-length',
    'header:host',
    'header:transfer-encoding',
    'target',
  ]);
  for (const impure of ['date', 'var(txn.x) -m int', 'uuid -m len', 'int(1),add(txn.x)', 'int(1),ltime(%H) -m int'])
    assert.equal(read(`use_backend b if { ${impure} 1 }`)[0], false, impure);
});
