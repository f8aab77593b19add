import test from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../../support/ports.ts';
import { missing } from '../../support/programs.ts';
import type { Routing } from '../../support/routing.ts';
import { compare, cookieDate, startAll, startCookieApp } from '../../support/sticky.ts';
import type { Asked } from '../../support/sticky.ts';

const skip = missing('haproxy');
const TIMEOUT = 60_000;

const MODES: Readonly<Record<string, readonly string[]>> = {
  insert: ['cookie SRV insert'],
  indirect: ['cookie SRV insert indirect nocache'],
  post: ['cookie SRV insert indirect postonly'],
  preserve: ['cookie SRV insert preserve'],
  indirectpreserve: ['cookie SRV insert indirect preserve nocache'],
  rewrite: ['cookie SRV rewrite'],
  rewritenocache: ['cookie SRV rewrite nocache'],
  prefix: ['cookie SRV prefix'],
  prefixindirect: ['cookie SRV prefix indirect nocache'],
  passive: ['cookie SRV'],
  onlyindirect: ['cookie SRV indirect'],
  idle: ['cookie SRV insert indirect maxidle 30m'],
  life: ['cookie SRV insert maxlife 1h'],
  both: ['cookie SRV insert indirect nocache maxidle 30m maxlife 8h'],
  attributes: [
    'cookie SRV insert domain .example.org domain .example.net httponly secure attr SameSite=Lax attr Priority=High',
  ],
  dynamic: ['cookie SRV insert indirect dynamic', 'dynamic-cookie-key some-secret'],
  ignored: ['cookie SRV insert indirect', 'ignore-persist if { path_end .png }'],
  forced: ['cookie SRV insert indirect', 'force-persist if { path_end .png }'],
  persist: ['cookie SRV insert indirect', 'option persist'],
  redispatch: ['cookie SRV insert indirect', 'option redispatch', 'option persist', 'retries 1'],
  chosen: ['cookie SRV insert indirect', 'use-server c if { path_end .png }'],
  made: ['cookie SRV insert', 'use-server %[urlp(srv)] if { urlp(srv) -m found }'],
  refused: [
    'cookie SRV insert indirect',
    'http-request deny if { path_end .png }',
    'http-request redirect location / if { path_end .js }',
  ],
  changed: [
    'cookie SRV insert indirect nocache',
    'http-response set-header Cache-Control public',
    'http-response add-header Set-Cookie SRV=x',
    'http-after-response del-header X',
  ],
};

/** The same backends and servers for all: `down` and `maint` are there to be named by cookies. */
async function start(t: TestContext): Promise<readonly Routing[]> {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => startCookieApp(t, name)));
  const dead = await freePort();
  const servers = [
    `server a 127.0.0.1:${a} cookie s1`,
    `server b 127.0.0.1:${b} cookie s2`,
    `server c 127.0.0.1:${c}`,
    `server down 127.0.0.1:${dead} cookie s3 disabled`,
    `server twin 127.0.0.1:${b} cookie s4 disabled`,
    `server up 127.0.0.1:${a} cookie s4 backup`,
  ];
  const backends = Object.fromEntries(
    Object.entries(MODES).map(([name, lines]) => [name, ['retries 0', ...lines, ...servers]]),
  );
  return startAll(t, {
    frontend: ['use_backend %[path,field(2,/)]'],
    backends,
    backend: [`server none 127.0.0.1:${dead} disabled`],
  });
}

const COOKIES: readonly (readonly string[])[] = [
  [],
  ['Cookie: SRV=s1'],
  ['Cookie: SRV=s2; x=1'],
  ['Cookie: x=1; SRV=s2; y=2'],
  ['Cookie: SRV=nope'],
  ['Cookie: SRV='],
  ['Cookie: SRV=s3'],
  ['Cookie: SRV=s4'],
  ['Cookie: SRV=s1~abc; SRV=s2~def'],
  ['Cookie: SRV=s2~abc'],
  ['Cookie: SRV=nope; SRV=s2'],
  ['Cookie: SRV=s3; SRV=s2'],
  ['Cookie: x=1', 'Cookie: SRV=s1', 'Cookie: SRV=s2; y=1'],
  ['Cookie: $Version=1; SRV=s1; $Path=/; x="a;SRV=s2"'],
];
const SET: readonly string[] = [
  '',
  '?h=Set-Cookie: SRV=own; Path=/&h=Set-Cookie: x=1',
  '?h=Set-Cookie: SRV = own ; Path=/',
  '?h=Cache-Control: public, max-age=60',
  '?h=Cache-Control: no-store&h=ETag: x',
  '?h=ETag: x',
  '?h=Cache-Control: private, public&h=Expires: x&status=500',
  '?status=500',
  '?status=302&h=Pragma: no-cache',
];

test('every kind of cookie is read, removed and set as HAProxy does it', { skip, timeout: TIMEOUT }, async (t) => {
  const routers = await start(t);
  const asked: Asked[] = [];
  for (const mode of Object.keys(MODES))
    for (const [at, lines] of COOKIES.entries()) {
      const query = (SET[(at + mode.length) % SET.length] ?? '').replaceAll(' ', '%20');
      const method = (at + mode.length) % 5 === 0 ? 'POST' : 'GET';
      const file = at % 4 === 3 ? '/a.png' : at % 7 === 5 ? '/a.js' : '/';
      asked.push({ method, lines, target: `/${mode}${file}${query}` });
    }
  for (const query of SET) asked.push({ target: `/indirect/${query.replaceAll(' ', '%20')}`, lines: [] });
  for (const query of SET)
    asked.push({ target: `/prefix/${query.replaceAll(' ', '%20')}`, lines: ['Cookie: SRV=s1~x'] });
  asked.push(
    { target: '/made/?srv=b' },
    { target: '/made/?srv=zz', lines: ['Cookie: SRV=s1'] },
    { target: '/made/?srv=down' },
  );
  await compare(t, routers, asked);
});

test('dates in a cookie expire it and renew it as HAProxy does it', { skip, timeout: TIMEOUT }, async (t) => {
  const routers = await start(t);
  const ago = (seconds: number): string => cookieDate(Date.now() / 1000 - seconds);
  const values = [
    's1|',
    's1|AAAA',
    's1|AAAAA',
    's1|*****',
    's1|/////|/////',
    `s1|${ago(60)}`,
    `s1|${ago(60)}|`,
    `s1|${ago(60)}|${ago(60)}`,
    `s1|${ago(60)}|${ago(600)}x`,
    `s1|${ago(3600)}`,
    `s1|${ago(60)}|${ago(4000)}`,
    `s1|${ago(60)}|${ago(90_000)}`,
    `s1|${ago(-3600)}|${ago(-3600)}`,
    `s1|${ago(-90_000)}|${ago(-90_000)}`,
    `s1||${ago(60)}`,
    `|${ago(60)}|${ago(60)}`,
    `nope|${ago(60)}`,
    `s1|${ago(3600)}; SRV=s2|${ago(60)}`,
    `nope|${ago(60)}; SRV=s2`,
  ];
  const asked = ['idle', 'life', 'both', 'indirect', 'insert', 'prefix', 'rewrite'].flatMap((mode) =>
    values.map((value): Asked => ({ target: `/${mode}/`, lines: [`Cookie: SRV=${value}`] })),
  );
  await compare(t, routers, asked);
});

/** Pieces that cookies are made of, and what makes them hard to read. */
const PIECES = [
  'SRV',
  'SRV',
  'x',
  '=',
  '=',
  's1',
  's2',
  ';',
  ';',
  ',',
  ' ',
  '\t',
  '"',
  '\\',
  '$Path',
  '$',
  '~',
  '|',
  '=s1;',
  'SRV=s2',
  '\xe9',
];

test('three hundred lines of odd cookies are read as HAProxy reads them', { skip, timeout: TIMEOUT }, async (t) => {
  const routers = await start(t);
  let state = 20_261_126;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const line = (): string =>
    `Cookie: ${Array.from({ length: 1 + random(14) }, () => PIECES[random(PIECES.length)]).join('')}`;
  const modes = ['indirect', 'insert', 'prefix', 'rewrite'];
  const asked = Array.from({ length: 300 }, (_, at): Asked => {
    const mode = modes[at % modes.length] ?? '';
    return { target: `/${mode}/`, lines: Array.from({ length: 1 + random(2) }, line) };
  });
  await compare(t, routers, asked);
});
