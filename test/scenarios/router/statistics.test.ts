import assert from 'node:assert/strict';
import { join } from 'node:path';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { startApp } from '../../support/apps.ts';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { exchange, openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine, forEachRouter } from '../../support/scenario.ts';
import { counted, readStats } from '../../support/statistics.ts';
import { TempDir } from '../../support/temp.ts';
import { CSV_HEADER } from '../../../packages/router/src/stats/csv.ts';

const STATS = '/haproxy?stats';

forEachRouter('statistics count the same traffic alike', async (t, router) => {
  const origin = await Origin.listen(t);
  origin.replies.set('/missing', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  origin.replies.set('/broken', (_request, connection) => connection.socket.destroy());
  origin.replies.set('/secret', 'HTTP/1.1 200 OK\r\nX-Secret: 1\r\nContent-Length: 0\r\n\r\n');
  const dead = await freePort();
  const { url, port } = await startRouting(t, router, {
    frontend: [
      'option socket-stats',
      'monitor-uri /alive',
      'stats enable',
      'http-request deny if { path /denied }',
      'http-request redirect location / if { path /moved }',
      'use_backend nowhere if { path /nowhere }',
    ],
    backend: [
      'retries 1',
      'http-response deny if { res.hdr(X-Secret) -m found }',
      `server s1 127.0.0.1:${origin.port}`,
    ],
    backends: { nowhere: ['retries 2', `server gone 127.0.0.1:${dead}`] },
  });
  for (const path of ['/', '/', '/', '/missing', '/broken', '/secret', '/denied', '/moved', '/alive', '/nowhere'])
    await request(url + path);
  await exchange(t, port, 'NONSENSE\r\n\r\n');
  const stats = url + STATS;
  await counted(stats, 'apps/s1', {
    hrsp_2xx: '4',
    hrsp_4xx: '1',
    hrsp_5xx: '0',
    eresp: '1',
    dresp: '1',
    stot: '6',
    lbtot: '6',
    req_tot: '5',
  });
  await counted(stats, 'apps/BACKEND', {
    hrsp_2xx: '3',
    hrsp_4xx: '1',
    hrsp_5xx: '2',
    eresp: '1',
    dresp: '1',
    stot: '6',
    req_tot: '6',
    status: 'UP',
    act: '1',
  });
  await counted(stats, 'nowhere/gone', { econ: '1', wretr: '2', wredis: '0', stot: '3', hrsp_5xx: '0' });
  await counted(stats, 'nowhere/BACKEND', { econ: '1', wretr: '2', hrsp_5xx: '1', stot: '1' });
  const nowhere = await readStats(stats);
  assert.equal(
    nowhere.get('nowhere/gone')?.['bin'],
    nowhere.get('nowhere/BACKEND')?.['bin'],
    'three attempts, one head',
  );
  const front = (await readStats(stats)).get('front/FRONTEND');
  assert.deepEqual(
    ['dreq', 'ereq', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'dcon', 'dses'].map((name) => front?.[name]),
    ['1', '1', '1', '3', '3', '0', '0'],
  );
  assert.ok((await readStats(stats)).has('front/sock-1'));
});

/** Lines of a backend with the servers `first` and `second`, and what each counts of one request: `stot/lbtot/req_tot`, retries, redispatches. */
const ATTEMPTS: Readonly<Record<string, readonly [lines: readonly string[], first: string, second: string]>> = {
  refused: [['retries 2', 'server first DEAD'], '3/1/0 2 0', ''],
  elsewhere: [['option redispatch 1', 'server first DEAD', 'server second GOOD'], '1/1/0 0 1', '1/1/1 0 0'],
  empty: [['retries 0', 'server first GOOD'], '1/1/0 0 0', ''],
  wrong: [['retries 2', 'retry-on 503', 'server first GOOD'], '3/1/1 ? 0', ''],
  redirected: [['server first GOOD redir http://x'], '1/1/0 0 0', ''],
};

for (const [what, [lines, ...expected]] of Object.entries(ATTEMPTS))
  forEachRouter(`statistics tell attempts from requests of a server: ${what}`, async (t, router) => {
    const origin = await Origin.listen(t);
    origin.replies.set('/empty', (_request, connection) => connection.socket.destroy());
    origin.replies.set('/wrong', 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
    const [dead, good] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${origin.port}`];
    const { url } = await startRouting(t, router, {
      frontend: ['stats enable'],
      backend: lines.map((line) => line.replace('DEAD', dead).replace('GOOD', good)),
    });
    await request(`${url}/${what}`);
    for (const [at, numbers] of expected.entries()) {
      const [counts = '', retries = '', wredis = ''] = numbers.split(' ');
      if (counts === '') continue;
      const [stot = '', lbtot = '', req_tot = ''] = counts.split('/');
      // HAProxy counts a retry for what a server answered twice.
      const wretr: Record<string, string> = retries === '?' ? {} : { wretr: retries };
      await counted(url + STATS, `apps/${at === 0 ? 'first' : 'second'}`, { stot, lbtot, req_tot, wredis, ...wretr });
    }
  });

forEachRouter(
  'statistics count a body that its server cut short as an abort and as a wrong response',
  async (t, router) => {
    const origin = await Origin.listen(t);
    origin.replies.set('/cut', (_request, { socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut'));
    const { port, url } = await startRouting(t, router, {
      frontend: ['stats enable'],
      backend: [`server s1 127.0.0.1:${origin.port}`],
    });
    const client = await openRaw(t, port);
    client.send('GET /cut HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.ended();
    for (const name of ['s1', 'BACKEND']) await counted(url + STATS, `apps/${name}`, { srv_abrt: '1', eresp: '1' });
  },
);

forEachRouter('the bytes of a redispatched request are those of its last server', async (t, router) => {
  const origin = await Origin.listen(t);
  const { url } = await startRouting(t, router, {
    frontend: ['stats enable'],
    backend: [
      'option redispatch 1',
      `server first 127.0.0.1:${await freePort()}`,
      `server second 127.0.0.1:${origin.port}`,
    ],
  });
  await request(`${url}/`);
  await counted(url + STATS, 'apps/first', { bin: '0', wredis: '1' });
  await counted(url + STATS, 'apps/second', { req_tot: '1' });
  const lines = await readStats(url + STATS);
  assert.equal(lines.get('apps/second')?.['bin'], lines.get('apps/BACKEND')?.['bin']);
});

/** A rule of a backend, and what counts it: `dreq/dresp/eresp` of the backend, and whether a server had a session. A rule on contents leaves it no request. */
const ENDINGS: Readonly<Record<string, readonly [rule: string, counts: string, reached: boolean]>> = {
  deny: ['http-request deny', '1/0/0', false],
  return: ['http-request return status 200', '0/0/0', false],
  'request-reject': ['http-request reject', '1/0/0', false],
  'request-drop': ['http-request silent-drop', '1/0/0', false],
  'content-reject': ['tcp-request content reject', '0/0/0', false],
  'content-drop': ['tcp-request content silent-drop', '1/0/0', false],
  'response-deny': ['http-response deny', '0/1/0', true],
  'response-drop': ['http-response silent-drop', '1/0/0', true],
  'response-reject': ['tcp-response content reject', '0/1/0', true],
  'response-content-drop': ['tcp-response content silent-drop', '1/0/0', true],
  'response-close': ['tcp-response content close', '0/0/1', true],
};

forEachRouter('statistics count what rules refuse where HAProxy does', async (t, router) => {
  const origin = await Origin.listen(t);
  const server = `server s1 127.0.0.1:${origin.port}`;
  const { url, port } = await startRouting(t, router, {
    frontend: ['stats enable', 'use_backend %[path,field(2,/)] unless { path_beg /haproxy }'],
    backends: Object.fromEntries(Object.entries(ENDINGS).map(([name, [rule]]) => [name, [rule, server]])),
  });
  for (const [name, [rule, counts, reached]] of Object.entries(ENDINGS)) {
    // HAProxy says nothing of a connection that it drops: no end is waited for.
    (await openRaw(t, port)).send(`GET /${name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const [dreq = '', dresp = '', eresp = ''] = counts.split('/');
    await counted(url + STATS, `${name}/BACKEND`, { stot: '1', dreq, dresp, eresp });
    const last = (await readStats(url + STATS)).get(`${name}/BACKEND`)?.['lastsess'];
    assert.equal(last !== '-1', reached, `${name}: ${last}`);
    await counted(url + STATS, `${name}/s1`, { req_tot: reached && !rule.startsWith('tcp-') ? '1' : '0' });
  }
});

forEachRouter('statistics count a tunnel that falls silent as its client’s abort', async (t, router) => {
  const app = await startApp(t);
  const { port, url } = await startRouting(t, router, {
    frontend: ['stats enable'],
    backend: ['timeout tunnel 200ms', `server s1 127.0.0.1:${app.port}`],
  });
  const client = await openRaw(t, port);
  client.send(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await client.expect(/^HTTP\/1\.1 101 /);
  await client.ended();
  for (const name of ['s1', 'BACKEND']) await counted(url + STATS, `apps/${name}`, { srv_abrt: '0', cli_abrt: '1' });
});

/** What HAProxy leaves empty in mode tcp, by the end of a line's name. */
const EMPTY_IN_TCP = {
  FRONTEND: ['hrsp_2xx', 'intercepted'],
  s1: ['hrsp_2xx', 'req_tot'],
  BACKEND: ['hrsp_2xx', 'req_tot'],
};

forEachRouter('statistics of mode tcp have no requests and no responses', async (t, router) => {
  const origin = await Origin.listen(t);
  const page = await freePort();
  const { port } = await startRouting(t, router, {
    defaults: ['mode tcp', 'option tcplog'],
    backend: [`server s1 127.0.0.1:${origin.port}`],
    sections: { 'frontend page': ['mode http', `bind 127.0.0.1:${page}`, 'stats enable'] },
  });
  const client = await openRaw(t, port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.expect('HTTP/1.1 200 ');
  client.socket.resetAndDestroy();
  const stats = `http://127.0.0.1:${page}${STATS}`;
  const [frontend, server] = [
    { stot: '1', req_tot: '0' },
    { stot: '1', lbtot: '1', connect: '1' },
  ];
  const lines = { 'front/FRONTEND': frontend, 'apps/s1': server, 'apps/BACKEND': server };
  for (const [line, values] of Object.entries(lines)) {
    const empty = EMPTY_IN_TCP[line.split('/')[1] as keyof typeof EMPTY_IN_TCP];
    await counted(stats, line, { ...values, mode: 'tcp', ...Object.fromEntries(empty.map((name) => [name, ''])) });
  }
});

forEachRouter("the header of ;csv is HAProxy's, to the byte", async (t, router) => {
  const { url } = await startRouting(t, router, { frontend: ['stats enable'] });
  const { text, headers } = await request(`${url}${STATS};csv`);
  assert.equal(text.split('\n')[0], CSV_HEADER);
  assert.equal(headers['content-type'], 'text/plain');
  assert.equal(headers['cache-control'], 'no-cache');
});

/** Lines of a frontend, a request, and what is answered: part of the body, or the status. */
const CASES: Readonly<
  Record<string, readonly [lines: readonly string[], target: string, wanted: string | number, login?: string]>
> = {
  'uri alone enables it': [['stats uri /s'], '/s;csv', '# pxname'],
  'the address is a prefix': [['stats uri /s'], '/super;csv', '# pxname'],
  'another path is not for it': [['stats uri /s'], '/t;csv', 503],
  'an absolute target is for it by its path': [['stats uri /s'], 'http://a/s;csv', '# pxname'],
  'http-request rules come first': [['stats uri /s', 'http-request deny if { path /s }'], '/s', 403],
  'redirects come after it': [['stats uri /s', 'redirect location /x'], '/s;csv', '# pxname'],
  'the first user with a wrong password': [['stats uri /s', 'stats auth a:b'], '/s;csv', 401, 'a:c'],
  'the right password': [['stats uri /s', 'stats auth a:b', 'stats auth c:d'], '/s;csv', '# pxname', 'c:d'],
  'a password with a colon': [['stats uri /s', 'stats auth a:b:c'], '/s;csv', '# pxname', 'a:b:c'],
  'no password': [['stats uri /s', 'stats auth a:b'], '/s;csv', 401],
  'stats http-request deny': [['stats uri /s', 'stats http-request deny if { src 127.0.0.1 }'], '/s', 403],
  'stats http-request allow ends its rules': [
    ['stats uri /s', 'stats http-request allow if { src 127.0.0.1 }', 'stats http-request deny'],
    '/s;csv',
    '# pxname',
  ],
  'scope of a request: part of a name, in any case': [['stats uri /'], '/?;csv;scope=FRO', 'front,FRONTEND,'],
  'scope names what is shown': [['stats uri /s', 'stats scope .'], '/s;csv', 'front,FRONTEND,'],
};

for (const [what, [lines, target, wanted, login]] of Object.entries(CASES)) {
  forEachRouter(`statistics: ${what}`, async (t, router) => {
    const { port } = await startRouting(t, router, { frontend: lines });
    const header = login === undefined ? '' : `Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
    const answer = await exchange(t, port, `GET ${target} HTTP/1.1\r\nHost: a\r\n${header}Connection: close\r\n\r\n`);
    if (typeof wanted === 'number') assert.match(answer, new RegExp(`^HTTP/1\\.1 ${wanted} `));
    else assert.ok(answer.includes(wanted), answer.slice(0, 300));
    if (what.startsWith('scope')) assert.doesNotMatch(answer, /apps,BACKEND/);
    if (wanted === 401) assert.match(answer, /www-authenticate: Basic realm="HAProxy Statistics"/i);
  });
}

forEachRouter('a section with stats lines of its own takes none over from defaults', async (t, router) => {
  const { url } = await startRouting(t, router, {
    defaults: ['stats uri /d', 'stats auth a:b'],
    frontend: ['stats uri /f'],
  });
  assert.match((await request(`${url}/f;csv`)).text, /^# pxname/);
  // The backend has taken over what defaults say.
  assert.equal((await request(`${url}/d`)).status, 401);
});

forEachRouter('a request for the page is logged as answered by <STATS>', async (t, router) => {
  const { url, syslog } = await startRouting(t, router, { frontend: ['stats enable'] });
  await request(`${url}${STATS}`);
  assert.match(
    await syslog.message(/haproxy\?stats/),
    / front front\/<STATS> \d+\/-?\d+\/-?\d+\/-?\d+\/\d+ 200 \d+ - - LR-- /,
  );
});

forEachEngine('stats admin changes servers for a form of the page, and for nothing else', async (t, engine) => {
  const origin = await Origin.listen(t);
  const { url } = await startRouting(t, 'router', {
    frontend: [`engine ${engine}`, 'stats uri /s', 'stats admin if { src 127.0.0.0/8 }', 'stats auth me:too'],
    backend: [`server s1 127.0.0.1:${origin.port}`, `server s2 127.0.0.1:${origin.port}`],
  });
  const authorization = `Basic ${Buffer.from('me:too').toString('base64')}`;
  const page = await request(`${url}/s`, { headers: { authorization } });
  const token = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const post = (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    request(`${url}/s`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  const drain = { b: 'apps', s: 's1', action: 'drain', token };
  const status = async (): Promise<string | undefined> => {
    const { text } = await request(`${url}/s;csv`, { headers: { authorization } });
    return text
      .split('\n')
      .find((line) => line.startsWith('apps,s1,'))
      ?.split(',')[17];
  };

  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])
    assert.equal((await post(drain, headers)).status, 403, JSON.stringify(headers));
  assert.equal((await post({ ...drain, token: '' })).status, 403);
  assert.equal((await post({ ...drain, token: `${token}x` })).status, 403);
  assert.equal((await post(drain, { 'content-type': 'text/plain' })).headers.location, '/s;st=ERRP');
  assert.equal((await post({ ...drain, fill: 'x'.repeat(20_000) })).headers.location, '/s;st=EXCD');
  assert.equal((await post({ ...drain, action: 'explode' })).headers.location, '/s;st=UNKN');
  assert.equal((await post({ ...drain, s: 'nobody' })).headers.location, '/s;st=NONE');
  assert.equal(await status(), 'no check');

  const done = await post(drain, { 'sec-fetch-site': 'same-origin', origin: url });
  assert.deepEqual([done.status, done.headers.location], [303, '/s;st=DONE']);
  assert.equal(await status(), 'DRAIN');
  assert.equal((await post(drain)).headers.location, '/s;st=NONE');
  assert.equal((await post({ ...drain, action: 'weight', weight: '257' })).headers.location, '/s;st=ERRP');
  assert.equal((await post({ ...drain, action: 'weight', weight: '7' })).headers.location, '/s;st=DONE');
  assert.equal((await post({ ...drain, action: 'ready' })).headers.location, '/s;st=DONE');
  assert.equal(await status(), 'no check');
});

forEachRouter('without stats admin a form changes nothing', async (t, router) => {
  const { url } = await startRouting(t, router, { frontend: ['stats uri /s'], backend: ['server s1 127.0.0.1:1'] });
  const answer = await request(`${url}/s`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'b=apps&s=s1&action=maint',
  });
  assert.deepEqual([answer.status, answer.headers.location], [303, '/s;st=DENY']);
});

forEachRouter('a server that tracks another is shown in the states of that one', async (t, router) => {
  const { port } = await Origin.listen(t);
  const control = join(new TempDir(t).path, 'control.sock');
  const { url } = await startRouting(t, router, {
    global: [`stats socket ${control} level admin`],
    frontend: ['stats enable'],
    backend: [`server first 127.0.0.1:${port} check inter 100ms`, `server second 127.0.0.1:${port} track first`],
  });
  const stats = url + STATS;
  const checked = { check_status: 'L4OK', check_rise: '2' };
  await counted(stats, 'apps/first', { status: 'UP', ...checked });
  await counted(stats, 'apps/second', { status: 'UP', tracked: 'apps/first', check_status: '' });
  await asked(control, 'set server apps/first state drain');
  await counted(stats, 'apps/first', { status: 'DRAIN', ...checked });
  await counted(stats, 'apps/second', { status: 'DRAIN' });
  await asked(control, 'set server apps/first state maint');
  await counted(stats, 'apps/first', { status: 'MAINT', check_status: '', check_rise: '' });
  await counted(stats, 'apps/second', { status: 'MAINT (via apps/first)' });
});

forEachRouter('a server in its slow start has a part of its weight, and statistics say how much', async (t, router) => {
  const { port } = await Origin.listen(t);
  const control = join(new TempDir(t).path, 'control.sock');
  const { url } = await startRouting(t, router, {
    global: [`stats socket ${control} level admin`],
    frontend: ['stats enable'],
    backend: ['balance roundrobin', `server s 127.0.0.1:${port} weight 100 slowstart 1h`],
  });
  await asked(control, 'set server apps/s state maint');
  await asked(control, 'set server apps/s state ready');
  await counted(url + STATS, 'apps/s', { throttle: '6', weight: '7', uweight: '100' });
  await counted(url + STATS, 'apps/BACKEND', { throttle: '', weight: '7', uweight: '100' });
});

forEachRouter('a section without servers that are up is named in the log by its kind', async (t, router) => {
  const control = new TempDir(t).join('control.sock');
  const [free, { port }] = [await freePort(), await Origin.listen(t)];
  const { syslog } = await startRouting(t, router, {
    global: [`stats socket ${control} level admin`],
    backend: [`server one 127.0.0.1:${port}`],
    sections: { 'listen both': [`bind 127.0.0.1:${free}`, `server one 127.0.0.1:${port}`] },
  });
  for (const [name, kind] of [
    ['apps', 'backend'],
    ['both', 'proxy'],
  ]) {
    await asked(control, `set server ${name}/one state maint`);
    await syslog.message(new RegExp(`${kind} ${name} has no server available!`));
  }
});
