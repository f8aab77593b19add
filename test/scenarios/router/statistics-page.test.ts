import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startChromium } from '../../support/chromium.ts';
import { request } from '../../support/client.ts';
import { asked } from '../../support/control.ts';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';

const HOSTILE = `"><img src=x onerror=alert(1)>`;

async function start(t: TestContext, lines: readonly string[] = []): Promise<Routing & { readonly origin: Origin }> {
  const origin = await Origin.listen(t);
  const routing = await startRouting(t, 'router', {
    frontend: [
      'stats uri /s',
      `stats show-desc '${HOSTILE}'`,
      'use_backend nowhere if { path_beg /nowhere }',
      ...lines,
    ],
    backend: [`server s1 127.0.0.1:${origin.port}`, `server s2 127.0.0.1:${origin.port}`],
    backends: { nowhere: ['retries 0', `server gone 127.0.0.1:${await freePort()}`] },
  });
  return { ...routing, origin };
}

/** A tab, and everything that it complained of or asked for elsewhere. */
async function open(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (asked) => {
    if (!asked.url().startsWith(url) && !asked.url().startsWith('data:')) complaints.push(`asked for ${asked.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

scenario('the page follows the traffic by itself, and runs nothing that is not its own', async (t) => {
  const { url, port } = await start(t, ['stats refresh 1s']);
  const browser = await startChromium(t, []);
  const { page, complaints } = await open(browser, `${url}/s`);
  await page.locator('#live', { hasText: 'live' }).waitFor();
  const total = page.locator('section[data-proxy=apps] tr[data-row=Backend] td.requests b');
  assert.equal(await total.textContent(), '0');
  for (let n = 0; n < 7; n += 1) await request(url);
  await exchange(t, port, `GET /nowhere/<img/src=x/onerror=alert(1)> HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await request(`${url}/nowhere/%3Cimg%20src=x%3E`);
  await total.filter({ hasText: '7' }).waitFor();
  await page.locator('#events', { hasText: 'nowhere/gone' }).waitFor();
  await page.locator('[data-chart=requests] path.line[d^=M]').waitFor({ state: 'attached' });
  assert.equal(await page.locator('img').count(), 0);
  assert.ok((await page.textContent('header'))?.includes(HOSTILE));
  assert.deepEqual(complaints, []);
});

scenario('the page is complete without scripts', async (t) => {
  const { url } = await start(t);
  await request(url);
  const browser = await startChromium(t, []);
  const { page } = await open(browser, `${url}/s`, { javaScriptEnabled: false });
  assert.equal(await page.locator('section[data-proxy=apps] tr[data-row=Backend] td.requests b').textContent(), '1');
  assert.equal(await page.locator('[data-script]:visible').count(), 0);
});

scenario('a click on the page drains a server, where stats admin allows it', async (t) => {
  const { url } = await start(t, ['stats admin if TRUE']);
  const browser = await startChromium(t, []);
  for (const javaScriptEnabled of [true, false]) {
    const { page, complaints } = await open(browser, `${url}/s`, { javaScriptEnabled });
    const server = page.locator('section[data-proxy=apps] tr[data-row=s1]');
    await server.getByRole('button', { name: 'drain' }).click();
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    assert.equal(await server.locator('td.status b').textContent(), 'DRAIN');
    await server.getByRole('button', { name: 'ready' }).click();
    await server.locator('td.status b', { hasText: 'no check' }).waitFor();
    assert.deepEqual(complaints, []);
  }
  const guest = await start(t);
  assert.doesNotMatch((await request(`${guest.url}/s`)).text, /<form/);
});

scenario('another site cannot make a browser change servers', async (t) => {
  const { url } = await start(t, ['stats admin if TRUE']);
  const evil = await Origin.listen(t);
  const form = `<form method=post action="${url}/s"><input name=b value=apps><input name=s value=s1><input name=action value=maint></form><script>document.forms[0].submit()</script>`;
  evil.otherwise = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  const browser = await startChromium(t, []);
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${evil.port}/`);
  await page.getByText('The request came from another site.').waitFor();
  assert.match((await request(`${url}/s;csv`)).text, /\napps,s1,.*,no check,/);
});

scenario('the page fits on a phone, in light and in dark', async (t) => {
  const { url } = await start(t, ['stats admin if TRUE', 'option socket-stats', 'stats show-legends']);
  const browser = await startChromium(t, []);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open(browser, `${url}/s`, { colorScheme, viewport: { width: 360, height: 740 } });
    await page.locator('#live', { hasText: 'live' }).waitFor();
    const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(beyond, 0, colorScheme);
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.equal(background, colorScheme === 'dark' ? 'rgb(18, 22, 28)' : 'rgb(246, 247, 249)');
  }
});

scenario('the page shows how full stick tables are, and none of their keys', async (t) => {
  const { url } = await start(t, [
    'http-request track-sc0 hdr(x-key)',
    'stick-table type string len 32 size 1k expire 10m store http_req_rate(10s),gpc0',
  ]);
  const browser = await startChromium(t, []);
  const { page, complaints } = await open(browser, `${url}/s`);
  const keys = page.locator('tr[data-table=front] td b').first();
  assert.equal(await keys.textContent(), '0 of 1,024');
  await request(url, { headers: { 'x-key': 'secret-of-a-visitor' } });
  await keys.filter({ hasText: '1 of 1,024' }).waitFor();
  assert.match(
    (await page.textContent('tr[data-table=front]')) ?? '',
    /string\s+10m\s+(?:gpc0, http_req_rate|http_req_rate, gpc0)/,
  );
  assert.ok(!(await page.content()).includes('secret-of-a-visitor'));
  assert.deepEqual(complaints, []);
});

scenario('the filter and the troubled button leave out what is fine', async (t) => {
  const { url } = await start(t, ['stats admin if TRUE']);
  const browser = await startChromium(t, []);
  const { page } = await open(browser, `${url}/s`);
  await page.locator('#filter').fill('apps');
  assert.equal(await page.locator('section[data-proxy]:visible').count(), 1);
  await page.locator('#filter').fill('');
  const server = page.locator('section[data-proxy=apps] tr[data-row=s2]');
  await server.getByRole('button', { name: 'maint' }).click();
  await page.getByRole('status').waitFor();
  await page.getByRole('button', { name: 'Only troubled' }).click();
  // The server in maintenance, and its backend that has one server less.
  assert.deepEqual(await page.locator('tr[data-row]:visible th').allTextContents(), [
    's2weight 1',
    'Backendroundrobin',
  ]);
});

scenario('the page and its updates agree on its lines, and its headers keep it to itself', async (t) => {
  const { url } = await start(t);
  const { headers, text } = await request(`${url}/s`);
  assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  const shape = /data-shape="(\w+)"/.exec(text)?.[1];
  const live: unknown = JSON.parse((await request(`${url}/s;live`)).text);
  assert.equal((live as { shape: string }).shape, shape);
});

scenario('the page shows what is written of a proxy, and that an operator has paused it', async (t) => {
  const control = join(new TempDir(t).path, 'control.sock');
  const { url } = await startRouting(t, 'router', {
    global: [`stats socket ${control} level admin`],
    frontend: ['stats uri /s'],
    sections: {
      'frontend shop': [`bind 127.0.0.1:${await freePort()}`, 'description Läden <b>&'],
    },
  });
  await asked(control, 'disable frontend shop');
  const browser = await startChromium(t, []);
  const { page } = await open(browser, `${url}/s`);
  const shop = page.locator('section[data-proxy=shop]');
  assert.ok((await shop.locator('.head').textContent())?.includes('frontend · Läden <b>&'));
  assert.deepEqual(await shop.locator('td.status b').allTextContents(), ['paused']);
});

scenario('a page whose router does not answer any more shows that it is old', async (t) => {
  const { url, process } = await start(t, ['stats refresh 1s']);
  const browser = await startChromium(t, []);
  const { page } = await open(browser, `${url}/s`);
  await page.locator('#live', { hasText: 'live' }).waitFor();
  await process.stop();
  await page.locator('#live', { hasText: /^no answer since \d/ }).waitFor();
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('main')).opacity"), '0.5');
});
