import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, createRouter, type Hooks, type Router } from '@headgate/router';
import { freePort } from '../../support/ports.ts';

const root = join(import.meta.dirname, '../../..');
const page = ['api', 'http-proxy-engine'].map((name) => readFileSync(join(root, `docs/${name}.md`), 'utf8')).join('\n');
/** The programs of both pages by the name on their first line. */
const programs = new Map(
  [...page.matchAll(/^```js\n\/\/ (\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]),
);

test('the pages contain the programs tested here', () => {
  assert.deepEqual([...programs.keys()], ['router.js', 'apply.js', 'routes.test.js', 'vite.config.js', 'hooks.js']);
});

for (const [name, args] of [
  ['router.js', []],
  ['apply.js', []],
  ['hooks.js', []],
  ['routes.test.js', ['--test']],
] as const) {
  test(`${name} of the documentation runs as printed, on the published package`, async (t) => {
    const { code, output } = await run(t, [...args, program(t, name)]);
    assert.equal(code, 0, output);
    if (name === 'router.js') assert.match(output, /^\[ '127\.0\.0\.1:[1-9]\d*' \]\n$/);
  });
}

test('the Vite plugin of the documentation routes to Vite and to the API, and ends with Vite', async (t) => {
  const { headgate } = (await import(pathToFileURL(program(t, 'vite.config.js')).href)) as {
    headgate: (options: object) => { configureServer(vite: { httpServer: Server }): void };
  };
  const [api, vite] = [named('api'), named('vite')];
  t.after(() => api.close());
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const bind = `127.0.0.1:${await freePort()}`;
  headgate({ bind, api: `127.0.0.1:${portOf(api)}` }).configureServer({ httpServer: vite });
  vite.listen(0, '127.0.0.1');
  await once(vite, 'headgate');
  assert.equal(await (await fetch(`http://${bind}/api/x`)).text(), 'api');
  assert.equal(await (await fetch(`http://${bind}/`)).text(), 'vite');
  vite.closeAllConnections();
  vite.close();
  await once(vite, 'close');
});

test('only the listed exports of the package can be imported', async (t) => {
  const path = join(folder(t), 'inside.mjs');
  writeFileSync(
    path,
    `const names = Object.keys(await import('@headgate/router')).toSorted();
     const inside = await import('@headgate/router/run/runtime').catch(({ code }) => code);
     console.log(JSON.stringify({ names, inside }));`,
  );
  const { output } = await run(t, [path]);
  assert.deepEqual(JSON.parse(output), {
    names: ['ConfigurationError', 'NotApplied', 'createRouter'],
    inside: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
  });
});

test('a wrong object is refused with all its problems, each with its place', async () => {
  const config = {
    defaults: { mode: 'http', timeout: { client: '1m', conect: '5s', server: '1m' } },
    frontends: { all: { bind: '127.0.0.1:0', default_backend: 'ap' } },
    backends: { app: { servers: { one: '127.0.0.1:3000' } } },
  };
  await assert.rejects(createRouter({ config }), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /^object\.yaml:6:7: .*conect.*did you mean 'connect'\?$/m);
    assert.match(error.message, /^object\.yaml:\d+:\d+: .*'ap'.*did you mean 'app'\?$/m);
    assert.equal(error.problems.length, error.message.split('\n').length);
    return true;
  });
});

test('a configuration with errors is not applied, and what was configured serves on', async (t) => {
  const router = await answering(t, 'before');
  await assert.rejects(router.apply('frontend all\n bnid 127.0.0.1:0\n'), ConfigurationError);
  assert.equal(await (await get(router, '/')).text(), 'before');
});

test('what is applied before listening is what it listens with', async (t) => {
  const router = await createRouter({ config: returning('one'), logger: quiet });
  t.after(() => router.close());
  await router.apply(returning('two'));
  assert.deepEqual(router.addresses, []);
  await router.listen();
  assert.equal(await (await get(router, '/')).text(), 'two');
});

test('configurations that are applied at once are applied one after the other', async (t) => {
  const router = await answering(t, 'zero');
  await Promise.all(['one', 'two', 'three'].map((text) => router.apply(returning(text))));
  assert.equal(await (await get(router, '/')).text(), 'three');
});

test('a router that is closed listens nowhere and takes no more orders', async (t) => {
  const router = await answering(t, 'x');
  const [address] = router.addresses;
  await router.close();
  await assert.rejects(fetch(`http://${String(address)}/`));
  await assert.rejects(router.apply(returning('y')), /closed/);
  await assert.rejects(router.listen(), /closed/);
  await router.close();
});

test('hooks change heads on their way, and the request sees what came of it', async (t) => {
  const { router, seen } = await hooked(t, {
    proxyReq(request, facts) {
      request.setHeader('X-Client', facts.connection.client.address);
      request.removeHeader('x-secret');
      request.path = `/below${facts.target}`;
    },
    proxyRes(answer) {
      answer.rawHeaders.push('X-Added', 'yes');
      answer.statusCode = 203;
    },
  });
  const response = await get(router, '/a', { 'x-secret': 's' });
  assert.deepEqual([response.status, response.headers.get('x-added'), await response.text()], [203, 'yes', 'app']);
  assert.deepEqual(seen, [{ url: '/below/a', client: '127.0.0.1', secret: undefined }]);
});

const wrong: readonly (readonly [what: string, hooks: Hooks])[] = [
  ['throws for a request', { proxyReq: () => assert.fail('a bug') }],
  ['throws for an answer', { proxyRes: () => assert.fail('a bug') }],
  ['frames a request', { proxyReq: (request) => void request.setHeader('Content-Length', '5') }],
  ['hides a second request in the path', { proxyReq: (request) => void (request.path = '/ HTTP/1.1\r\n\r\nGET /x') }],
  ['frames an answer', { proxyRes: (answer) => void answer.rawHeaders.push('Content-Length', '1') }],
  ['takes the body from an answer', { proxyRes: (answer) => void (answer.statusCode = 304) }],
];

for (const [what, hooks] of wrong) {
  test(`a hook that ${what} ends its request with a 500, and says so`, async (t) => {
    let calls = 0;
    const guarded: Hooks = {
      proxyReq: (request, facts) => (facts.target === '/hook' ? hooks.proxyReq?.(request, facts) : undefined),
      proxyRes: (answer, facts) => (facts.target === '/hook' ? hooks.proxyRes?.(answer, facts) : undefined),
    };
    const { router } = await hooked(t, guarded, (message) => (calls += message.startsWith('internal error: ') ? 1 : 0));
    const response = await get(router, '/hook');
    assert.equal(response.status, 500);
    await response.text();
    assert.equal(calls, 1);
    assert.equal(await (await get(router, '/other')).text(), 'app');
  });
}

/** A router with `engine http-proxy` and these hooks in front of an application that reports what it received. */
async function hooked(t: TestContext, hooks: Hooks, logged: (message: string) => void = () => undefined) {
  const seen: object[] = [];
  const app = createServer(({ url, headers }, response) => {
    seen.push({ url, client: headers['x-client'], secret: headers['x-secret'] });
    response.end('app');
  });
  t.after(() => {
    app.closeAllConnections();
    app.close();
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  const router = await createRouter({
    config: {
      defaults: { mode: 'http', timeout: { client: '5s', connect: '5s', server: '5s' } },
      frontends: { all: { bind: '127.0.0.1:0', engine: 'http-proxy', default_backend: 'app' } },
      backends: { app: { servers: { one: `127.0.0.1:${portOf(app)}` } } },
    },
    logger: { log: (_severity, message) => logged(message) },
    hooks,
  });
  t.after(() => router.close({ within: 0 }));
  await router.listen();
  return { router, seen };
}

async function get(router: Router, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://${String(router.addresses[0])}${path}`, { headers });
}

const quiet = { log: () => undefined };

/** A configuration that answers everything with this text. */
function returning(text: string): string {
  return `defaults
 mode http
 timeout client 5s
frontend all
 bind 127.0.0.1:0
 http-request return status 200 content-type text/plain string ${text}
`;
}

async function answering(t: TestContext, text: string): Promise<Router> {
  const router = await createRouter({ config: returning(text), logger: quiet });
  t.after(() => router.close({ within: 0 }));
  await router.listen();
  return router;
}

function named(name: string): Server {
  return createServer((_request, response) => void response.end(name));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A folder from which the workspace's packages are found. */
function folder(t: TestContext): string {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, 'api-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

function program(t: TestContext, name: string): string {
  const path = join(folder(t), name.replace(/\.js$/, '.mjs'));
  writeFileSync(path, programs.get(name) ?? '');
  return path;
}

/** Runs node as a user of the package does: without the condition that finds the sources. */
async function run(t: TestContext, args: readonly string[]): Promise<{ code: number; output: string }> {
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += String(bytes)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}
