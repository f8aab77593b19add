/** The recipes of docs/limits.md, in haproxy.cfg and in YAML: the same requests get the same statuses from HAProxy and the router. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { inRepository, missing, startProgram } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import type { RawSocket } from '../../support/raw.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const page = readFileSync(inRepository('docs/limits.md'), 'utf8').split('\n## Recipes\n')[1] ?? '';
const installed = { skip: missing('haproxy'), timeout: 60_000 };

/** The block of a recipe in one language. */
function recipe(title: string, language: 'haproxy' | 'yaml'): string {
  const [, section = ''] = page.split(`\n### ${title}\n`);
  const [, code = ''] =
    new RegExp(`\\n\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(section.split('\n### ')[0] ?? '') ?? [];
  assert.notEqual(code, '', `${title} in ${language}`);
  return code;
}

/** The recipe as a file: with an address of its own, a server, and the limits on time that every file has. */
function complete(code: string, language: 'haproxy' | 'yaml', port: number, origin: number): string {
  if (language === 'haproxy')
    return `defaults\n mode http\n timeout client 9s\n timeout connect 9s\n timeout server 9s\n${code.replace('bind :80', `bind 127.0.0.1:${port}`)}
backend apps\n server s 127.0.0.1:${origin}\n`;
  const apps = `backends:\n  apps:\n    servers: { s: "127.0.0.1:${origin}" }\n`;
  const whole = code.includes('\nbackends:\n') ? code.replace('backends:\n', apps) : code + apps;
  return `defaults:\n  timeout: { client: 9s, connect: 9s, server: 9s }\n${whole.replace('":80"', `"127.0.0.1:${port}"`)}`;
}

/** One request, some times over, from an address. */
interface Step {
  readonly times?: number;
  readonly line?: string;
  readonly headers?: string;
  readonly from?: string;
}

const A = '127.0.0.1';
const B = '127.0.0.2';
const key = (name: string): string => `X-Api-Key: ${name}\r\n`;
const cookie = (value: string): string => `Cookie: a=b; session=${value}\r\n`;

/** What is asked of each recipe, and how often each status is expected. */
const RECIPES: Readonly<Record<string, { readonly steps: readonly Step[]; readonly expected: string }>> = {
  'Requests per client, sliding window': {
    steps: [{ times: 23 }, { from: B }, {}],
    expected: '200×20 429×3 200 429',
  },
  'Requests per client, fixed window': { steps: [{ times: 7 }, { from: B }], expected: '200×5 429×2 200' },
  'Requests per API key': {
    steps: [
      {},
      { times: 5, headers: key('one') },
      { headers: key('two') },
      { headers: key('three') },
      { headers: key('one'), from: B },
      { headers: key('four'), from: B },
    ],
    expected: '401 200×4 429 200 429×2 200',
  },
  'Requests per session cookie': {
    steps: [{ times: 5 }, { times: 4, headers: cookie('x') }, { headers: cookie('y') }],
    expected: '200×8 429 200',
  },
  'Requests per path and client': {
    steps: [
      { times: 3, line: 'GET /search' },
      { times: 6, line: 'GET /other' },
      { line: 'GET /third' },
      { line: 'GET /search', from: B },
    ],
    expected: '200×2 429 200×5 429 200×2',
  },
  'Wrong passwords': {
    steps: [
      { line: 'GET /login' },
      { line: 'POST /login' },
      { line: 'POST /login?right' },
      { times: 3, line: 'POST /login' },
      { line: 'POST /login?right' },
      { line: 'GET /login' },
      { line: 'POST /login', from: B },
    ],
    expected: '200 401 200 401×2 429×2 200 401',
  },
  Scanners: {
    steps: [{ times: 6, line: 'GET /missing' }, {}, { from: B }],
    expected: '404×5 403×2 200',
  },
  'A list of addresses to keep out': {
    steps: [{}, { line: 'GET /trap' }, {}, { from: B }],
    expected: '200 403×2 200',
  },
};

async function start(t: TestContext, router: Router, language: 'haproxy' | 'yaml', title: string): Promise<number> {
  const origin = await Origin.listen(t);
  origin.replies.set('/missing', 'HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n');
  origin.replies.set('/login', ({ head, target }, connection) => {
    const right = head.startsWith('GET') || target.endsWith('?right');
    connection.send(`HTTP/1.1 ${right ? 200 : 401} X\r\nContent-Length: 0\r\n\r\n`);
  });
  const port = await freePort();
  const text = complete(recipe(title, language), language, port, origin.port);
  const name = language === 'haproxy' ? 'haproxy.cfg' : 'router.yaml';
  await startProgram(t, router, new TempDir(t).write(name, text), [port]);
  return port;
}

/** `200×20 429`: statuses in order, runs counted. */
function runs(statuses: readonly string[]): string {
  const parts: { status: string; count: number }[] = [];
  for (const status of statuses) {
    const last = parts.at(-1);
    if (last?.status === status) last.count += 1;
    else parts.push({ status, count: 1 });
  }
  return parts.map(({ status, count }) => (count === 1 ? status : `${status}×${count}`)).join(' ');
}

async function statusesOf(t: TestContext, port: number, steps: readonly Step[]): Promise<string> {
  const statuses: string[] = [];
  for (const { times = 1, line = 'GET /', headers = '', from = A } of steps)
    for (let n = 0; n < times; n += 1) {
      const client = await openRaw(t, port, from);
      const length = line.startsWith('POST') ? 'Content-Length: 0\r\n' : '';
      client.send(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}${length}\r\n`);
      statuses.push((await client.rest()).split(' ')[1] ?? 'nothing');
      client.socket.destroy();
    }
  return runs(statuses);
}

for (const [title, { steps, expected }] of Object.entries(RECIPES))
  test(`recipe: ${title}`, installed, async (t) => {
    // One of them counts by the minute of the clock.
    await until('a minute that lasts', () => new Date().getSeconds() < 55);
    const ways = [
      ['haproxy', 'haproxy'],
      ['router', 'haproxy'],
      ['router', 'yaml'],
    ] as const;
    const found = await Promise.all(
      ways.map(async ([router, language]) => [
        `${router} ${language}`,
        await statusesOf(t, await start(t, router, language, title), steps),
      ]),
    );
    assert.deepEqual(
      found,
      ways.map(([router, language]) => [`${router} ${language}`, expected]),
    );
  });

test('recipe: Connections per client', installed, async (t) => {
  for (const [router, language] of [
    ['haproxy', 'haproxy'],
    ['router', 'haproxy'],
    ['router', 'yaml'],
  ] as const) {
    const port = await start(t, router, language, 'Connections per client');
    /** Refused connections may be reset before they are known to be there. */
    const ask = async (from: string): Promise<RawSocket | undefined> => {
      const client = await openRaw(t, port, from).catch(() => undefined);
      client?.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      return client?.expect(/ok$/).then(
        () => client,
        () => undefined,
      );
    };
    const held = [await ask(A), await ask(A), await ask(A)];
    assert.ok(
      held.every((client) => client !== undefined),
      `${router} ${language}`,
    );
    assert.equal(await ask(A), undefined, `${router} ${language}`);
    assert.notEqual(await ask(B), undefined, `${router} ${language}`);
    for (const client of held) client?.socket.destroy();
    // A place is free when the router has seen the end of the connection that held it.
    const next = await until('a place', () => ask(A));
    next.socket.destroy();
    const statuses: string[] = [];
    // The starter has looked whether the port is open, with a connection that is counted as well.
    for (let n = 0; n < 10; n += 1) {
      const client = await ask(A);
      statuses.push(client === undefined ? 'refused' : 'served');
      client?.socket.destroy();
    }
    assert.equal(statuses.at(-1), 'refused', `${router} ${language}`);
  }
});

test('every recipe of the page is tried', () => {
  const titles = [...page.matchAll(/^### (.*)$/gm)].map(([, title = '']) => title);
  assert.deepEqual(
    titles.filter((title) => title !== 'Connections per client').toSorted(),
    Object.keys(RECIPES).toSorted(),
  );
});
