/** docs/recipes.md does what it says: every recipe of the page, in one frontend. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { inRepository, startProgram } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const page = readFileSync(inRepository('docs/recipes.md'), 'utf8');
const [single = ''] = page.split('\n# Recipes of several sections\n');

/** The lines of the recipe with this title. */
function recipe(title: string): readonly string[] {
  const [, section = ''] = page.split(`\n## ${title}\n`);
  const [, code = ''] = /\n```\n(.*?)```/s.exec(section) ?? [];
  assert.notEqual(code, '', title);
  return code.trimEnd().split('\n');
}

/** A PROXY v2 header that tells of TLS, or of none. */
function greeting(tls: boolean): string {
  const addresses = '\x7f\0\0\x01\x7f\0\0\x01\x9c\x40\x01\xbb';
  const told = tls ? '\x20\0\x05\x01\0\0\0\0' : '';
  return `\r\n\r\n\0\r\nQUIT\n\x21\x11\0${String.fromCharCode(addresses.length + told.length)}${addresses}${told}`;
}

test('the recipes do what they say', async (t) => {
  const origin = await Origin.listen(t);
  origin.otherwise = 'HTTP/1.1 200 OK\r\nX-Powered-By: php\r\nServer: s\r\nContent-Length: 2\r\n\r\nok';
  const titles = [...single.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
  const { port, syslog } = await startRouting(t, 'router', {
    bind: 'accept-proxy',
    frontend: titles.flatMap(recipe),
    backend: [`server s 127.0.0.1:${origin.port}`],
    sections: { 'userlist people': ['group admins users anna', 'user anna insecure-password secret'] },
    backends: { shop: [`server s 127.0.0.1:${origin.port}`, 'http-request set-header X-Backend shop'] },
  });
  const ask = (target: string, tls = true, host = 'www.test'): Promise<string> =>
    exchange(
      t,
      port,
      `${greeting(tls)}GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Proto: ftp\r\nUser-Agent: a"b\r\nConnection: close\r\n\r\n`,
    );

  const answer = await ask('/api/v1/users?x=1');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /Strict-Transport-Security: max-age=31536000\r\n/i);
  assert.doesNotMatch(answer, /X-Powered-By|Server/i);
  const [first] = origin.to('/users');
  assert.equal(first?.target, '/users?x=1');
  assert.deepEqual(first.head.match(/x-forwarded-proto: .*/gi), ['X-Forwarded-Proto: https']);
  const line = await until('its log line', () => syslog.messages().find((one) => one.includes('/api/v1/users')));
  assert.match(line, /127\.0\.0\.1 \[.*\] 200 "GET \/api\/v1\/users\?x=1 HTTP\/1\.1" "a"b"$/);

  assert.match(await ask('/admin/x'), /^HTTP\/1\.1 401 .*www-authenticate: Basic realm="Staff only"\r\n/is);

  await ask('/of-the-shop', true, 'Shop.test');
  assert.match(origin.to('/of-the-shop')[0]?.head ?? '', /X-Backend: shop/);

  const clear = await ask('/a?b', false);
  assert.match(clear, /^HTTP\/1\.1 301 .*location: https:\/\/www\.test\/a\?b\r\n/is);
  assert.doesNotMatch(clear, /Strict-Transport-Security/i);
  assert.match(await ask('/whoami'), /\r\n\r\nyou are 127\.0\.0\.1$/);
});

/** The recipe of several sections with this title, running: with a server for each port that it names. */
async function running(t: TestContext, title: string): Promise<{ port: number; servers: readonly Origin[] }> {
  const [, section = ''] = page.split(`\n### ${title}\n`);
  const [, code = ''] = /\n```\n(.*?)```/s.exec(section) ?? [];
  assert.notEqual(code, '', title);
  const servers = [await Origin.listen(t), await Origin.listen(t)];
  const port = await freePort();
  const timeouts = ['client', 'server', 'connect'].map((name) => `  timeout ${name} 10s\n`).join('');
  const text = code
    .replaceAll(/127\.0\.0\.1:300(\d)/g, (_, nth: string) => `127.0.0.1:${servers[Number(nth)]?.port}`)
    .replace('bind :80', `bind 127.0.0.1:${port}`);
  const file = new TempDir(t).write('recipe.cfg', `defaults\n  mode http\n${timeouts}\n${text}`);
  await startProgram(t, 'router', file, [port]);
  return { port, servers };
}

const get = (target: string, fields = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a.test\r\n${fields}Connection: close\r\n\r\n`;

test('A rate limit for each client: what is too much is answered 429', async (t) => {
  const { port, servers } = await running(t, 'A rate limit for each client');
  const statuses: string[] = [];
  for (let count = 0; count < 22; count += 1) statuses.push((await exchange(t, port, get('/'))).slice(9, 12));
  assert.deepEqual(statuses, [...Array.from({ length: 20 }, () => '200'), '429', '429']);
  assert.equal(servers[0]?.requests.length, 20);
});

test('socket.io on several servers: a session stays where it was opened', async (t) => {
  const { port, servers } = await running(t, 'socket.io on several servers');
  for (const [nth, server] of servers.entries()) {
    const body = `0{"sid":"session${nth}","upgrades":["websocket"]}`;
    server.replies.set('/socket.io/', `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  for (let count = 0; count < 4; count += 1) {
    const [, id = ''] = /"sid":"(\w+)"/.exec(await exchange(t, port, get('/socket.io/?EIO=4&transport=polling'))) ?? [];
    const own = servers[Number(id.slice(-1))];
    const before = own?.requests.length ?? 0;
    for (let more = 0; more < 3; more += 1)
      await exchange(t, port, get(`/socket.io/?EIO=4&transport=polling&sid=${id}`));
    assert.equal(own?.requests.length, before + 3, id);
  }
});

test('A maintenance page: while no server is usable, visitors get it', async (t) => {
  const { port } = await running(t, 'A maintenance page');
  assert.match(await exchange(t, port, get('/')), /^HTTP\/1\.1 503 .*retry-after: 600\r\n.*Back in ten minutes/is);
});

test('A canary by weight or by cookie: the cookie decides, else the weight', async (t) => {
  const { port, servers } = await running(t, 'A canary by weight or by cookie');
  const [apps, canary] = servers;
  for (let count = 0; count < 10; count += 1) await exchange(t, port, get('/', 'Cookie: canary=always\r\n'));
  assert.deepEqual([apps?.requests.length, canary?.requests.length], [0, 10]);
  for (let count = 0; count < 40; count += 1) await exchange(t, port, get('/', 'Cookie: canary=never\r\n'));
  assert.deepEqual([apps?.requests.length, canary?.requests.length], [40, 10]);
  for (let count = 0; count < 40; count += 1) await exchange(t, port, get('/'));
  // Of 40 requests 2 are expected; more than 20 would be one chance in 10^14.
  assert.ok((canary?.requests.length ?? 0) <= 30);
});
