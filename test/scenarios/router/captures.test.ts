/** Captured headers and cookies in logs, headers and rules, beside HAProxy. */
import { test } from 'node:test';
import { beside } from '../../support/beside.ts';
import { ENGINES } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';

const REQUESTS = {
  plain: 'GET /plain HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: agent\r\nConnection: close\r\n\r\n',
  odd:
    'GET /odd HTTP/1.1\r\nHost: a\r\nUser-Agent: M "q" {b}|p\\ #\tx\xfc]\r\n' +
    'Cookie: a=b; SESSIONX=123456789012345; SESS=2\r\nX-Own: own\r\nConnection: close\r\n\r\n',
  repeated:
    'GET /two HTTP/1.1\r\nHost: a\r\nUser-Agent: first\r\nuser-agent: second,third\r\nCookie: x=SESS=1\r\n' +
    'Cookie: SESS=2\r\nConnection: close\r\n\r\n',
  'no value': 'GET /ck HTTP/1.1\r\nHost: a\r\nCookie: SESS\r\nConnection: close\r\n\r\n',
  'an empty cookie': 'GET /ck1 HTTP/1.1\r\nHost: a\r\nCookie: SESS=\r\nConnection: close\r\n\r\n',
  'a quoted cookie': 'GET /ck2 HTTP/1.1\r\nHost: a\r\nCookie: SESS="q"; b=c\r\nConnection: close\r\n\r\n',
  'an empty field': 'GET /empty HTTP/1.1\r\nHost: a\r\nUser-Agent:   \r\nConnection: close\r\n\r\n',
  'our own answer': 'GET /own HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'no request': 'hello\r\n\r\n',
} as const;

const ANSWER =
  'HTTP/1.1 200 OK\r\nServer: nginx/"1{2}|3\r\nServer: two\r\nX-A: a\r\nSet-Cookie: other=1; path=/\r\n' +
  'Set-Cookie: SESSION2=abcdefghijklmn; path=/\r\nSet-Cookie: SESS=zz\r\nContent-Length: 2\r\n\r\nok';

const SLOTS = [
  'capture request header Host len 10',
  'capture request header User-Agent len 14',
  'capture response header Server len 8',
  'capture response header X-None len 20',
  'capture cookie SESS len 12',
];
const OWN = 'http-request return status 200 if { path /own }';

/** Frontends by what they show. */
const FRONTENDS: Readonly<Record<string, readonly string[]>> = {
  httplog: [
    ...SLOTS,
    'declare capture request len 6',
    'http-request set-header User-Agent changed',
    'http-request capture path len 12',
    'http-request capture method id 2',
    'http-response set-header Server changed',
    'http-response capture status id 1',
    'http-after-response capture str(late) id 1 if { status 404 }',
    OWN,
  ],
  clf: ['option httplog clf', ...SLOTS, OWN],
  'log-format before the slots': [
    'log-format "%ci:%cp [%tr] %hr %hs %hrl %hsl %CC %CS %{+Q}hr %{+Q}hs %{+Q}CC|%{+Q}CS %{+Q}hrl %ST %r"',
    ...SLOTS,
    OWN,
  ],
  'one side': [
    'log-format "%ci:%cp [%tr] a %hr %hs b %hrl %hsl c"',
    'declare capture response len 3',
    'http-response capture res.hdr(server) id 0',
    OWN,
  ],
  'no slots': ['log-format "%ci:%cp [%tr] a %hr %hs b %hrl %hsl c %CC %CS %{+Q}CC d"', OWN],
  fetches: [
    ...SLOTS,
    'http-request set-header X-Seen "%[capture.req.hdr(0)] <%[capture.req.hdr(1)]> %[capture.req.hdr(9)] ' +
      '%[path,capture-req(1),upper] %[capture.req.hdr(1)]"',
    'http-response set-header X-Caps "%[capture.req.hdr(0)] %[capture.res.hdr(0)] %[capture.res.hdr(1)] ' +
      '%[capture.res.hdr(9)] %[str(long-value),capture-res(1)] %[capture.res.hdr(1)] hr=%hr hs=%hs hrl=%hrl ' +
      'hsl=%hsl CC=%CC CS=%CS"',
    OWN,
  ],
};

/** Without what is not about captures: Node.js joins cookies, and the numbers of a CLF line. */
function normal(text: string): string {
  return text
    .replace(/^connection: .*\r\n/gim, '')
    .replace('cookie: x=SESS=1\r\ncookie: SESS=2', 'cookie: x=SESS=1; SESS=2')
    .replace(/\[[^\]]*\] ("[^"]*" -?\d+) \d+ "" "" \d+ \d+ /, '[DATE] $1 BYTES "" "" PORT MS ')
    .replace(/("front" "\w+" "[^"]*") (?:-?\d+ ){5}(\S+) \d+ \d+ /, '$1 T $2 OPEN ');
}

for (const engine of ENGINES)
  for (const [name, frontend] of Object.entries(FRONTENDS))
    test(
      `engine ${engine}: captures are logged and passed on as in HAProxy: ${name}`,
      { skip: missing('haproxy'), timeout: 120_000 },
      async (t) => {
        await beside(t, {
          engine,
          logs: true,
          requests: REQUESTS,
          origin: (origin) => (origin.otherwise = ANSWER),
          parts: { frontend, backend: ['http-request capture req.hdr(x-own) id 0 if { req.hdr(x-own) -m found }'] },
          normal,
        });
      },
    );
