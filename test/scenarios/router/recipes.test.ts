/** docs/recipes.md does what it says: every recipe of the page, in one frontend. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Origin } from '../../support/origin.ts';
import { inRepository } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

const page = readFileSync(inRepository('docs/recipes.md'), 'utf8');

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
  const titles = [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
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
