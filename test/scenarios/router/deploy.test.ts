/** A server is moved to a new address without an error: `deploy` in one command, and in steps. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { startApp, type App } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { asked } from '../../support/control.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { scenario, together } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Deployed extends Routing {
  readonly old: App;
  readonly next: App;
  readonly ask: (line: string) => Promise<string>;
  readonly command: (...words: string[]) => ReturnType<typeof run>;
  readonly serves: () => Promise<string>;
}

async function start(t: TestContext): Promise<Deployed> {
  const [old, next] = [await startApp(t, { name: 'old' }), await startApp(t, { name: 'next' })];
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, 'router', {
    global: ['maxconn 100', `stats socket ${socket} mode 600 level admin`],
    backend: [`server one 127.0.0.1:${old.port} check inter 100ms`],
  });
  const [program, ...args] = commandLine('router', '');
  const { url, file } = routing;
  return {
    ...routing,
    old,
    next,
    ask: (line) => asked(socket, line),
    command: (name, ...words) =>
      run(t, program, [...args.slice(0, -2), name, ...words, ...(words.includes('-f') ? [] : ['-f', file])]),
    serves: async () => (JSON.parse((await request(url)).text) as { app: string }).app,
  };
}

together('deploy', () => {
  scenario('deploy checks, switches, waits for requests and WebSockets, and reports; no request fails', async (t) => {
    const { old, next, port, url, file, ask, command, serves } = await start(t);
    const held = await openRaw(t, port);
    held.send('GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await until('the request to be at the server', () => old.held === 1);
    let running = true;
    const answers: Promise<void> = (async () => {
      while (running) assert.equal((await request(url)).status, 200);
    })();
    const deploying = command('deploy', 'apps/one', '--to', `127.0.0.1:${next.port}`, '--within', '2s', '--json');
    await until('new requests to go to the new address', async () => (await serves()) === 'next');
    assert.match(
      await ask('deploy status apps/one'),
      new RegExp(
        `^apps/one is at 127\\.0\\.0\\.1:${next.port}, was at 127\\.0\\.0\\.1:${old.port}: 1 request and \\d tunnels?`,
      ),
    );
    old.release();
    await held.ended();
    assert.match(held.text, /^HTTP\/1\.1 200 /);
    assert.equal((await closed)[0], 1012);
    const { code, stdout } = await deploying;
    running = false;
    await answers;
    const { seconds, line, ...report } = JSON.parse(stdout) as Record<string, unknown>;
    const [from, to] = [`127.0.0.1:${old.port}`, `127.0.0.1:${next.port}`];
    assert.deepEqual([code, report], [0, { done: true, server: 'apps/one', from, to, ended: 0, file }]);
    assert.equal(typeof seconds, 'number');
    assert.match(readFileSync(file, 'utf8').split('\n')[Number(line) - 1] ?? '', /server one /);
    await old.stop();
    assert.equal((await request(url)).status, 200);
  });

  scenario('what does not pass its checks is not deployed, and nothing changes', async (t) => {
    const { ask, command, serves } = await start(t);
    const nowhere = `127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await command('deploy', 'apps/one', '--to', nowhere, '--within', '1s');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /Not deployed: 127\.0\.0\.1:\d+ did not pass 2 checks of apps\/one in a row within 1000 ms, the last: L4CON/,
    );
    assert.equal(await serves(), 'old');
    assert.equal(await ask('deploy switch apps/nine 127.0.0.1:1'), "No such server. Did you mean 'apps/one'?\n\n");
    assert.match(await ask('deploy switch apps/one nonsense:x'), /^Not deployed: 'x' is not a port\n/);
    assert.match(
      await ask('deploy check apps/one 127.0.0.1'),
      /^Not deployed: '127\.0\.0\.1' is not a complete address/,
    );
    assert.equal((await command('deploy', 'apps/one')).code, 2);
  });

  scenario('what is still at the old address at the deadline is ended', async (t) => {
    const { old, next, port, command } = await start(t);
    const held = await openRaw(t, port);
    held.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('the request to be at the server', () => old.held === 1);
    const { code, stdout } = await command('deploy', 'apps/one', '--to', `127.0.0.1:${next.port}`, '--within', '1s');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^apps\/one moved from \S+ to \S+ in \d+\.\d s: 1 requests and tunnels were ended at the deadline\.\nWrite \S+ into \S+haproxy\.cfg:\d+ /,
    );
    await until('the request to be answered', () => held.text.startsWith('HTTP/1.1 502 '));
  });

  scenario('a deployed server stays through a reload until the file says something else', async (t) => {
    const { old, next, file, ask, serves, process } = await start(t);
    const to = `127.0.0.1:${next.port}`;
    assert.match(await ask(`deploy check apps/one ${to}`), /passed 2 checks of apps\/one: L4OK/);
    assert.match(
      await ask(`deploy switch apps/one ${to}`),
      /^apps\/one moved from .* 0 requests and 0 tunnels are finishing\.\n/,
    );
    await ask('reload');
    await process.says(/ warning server apps\/one stays at \S+, where it was deployed; the configuration says 127/);
    assert.equal(await serves(), 'next');
    assert.match(await ask('upgrade'), /server apps\/one runs at .* change it first\nNot handed over\.\n/);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(`server one 127.0.0.1:${old.port}`, `server one ${to}`));
    await ask('reload');
    assert.equal(await serves(), 'next');
    writeFileSync(file, text);
    await ask('reload');
    assert.equal(await serves(), 'old');
    assert.equal(await ask('deploy status apps/one'), `apps/one is at 127.0.0.1:${old.port}.\n\n`);
  });

  scenario('explain shows the rules that led a running session where it is', async (t) => {
    const { old, port, ask, command, file } = await start(t);
    const held = await openRaw(t, port);
    held.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('the request to be at the server', () => old.held === 1);
    const id = /^(0x\w+): .* fe=front /m.exec(await ask('show sess'))?.[1] ?? '';
    const shown = await command('explain', '--live', id, '-f', file);
    assert.equal(shown.code, 0);
    assert.match(
      shown.stdout,
      /^request +GET \/held HTTP\/1\.1\nclient[^]*\nserver +one\nage +\d+ ms\n[^]*\nresponded +not yet\nstatus +not yet\n[^]*frontend front \([^]*=> backend apps\n[^]*=> server one/m,
    );
    const json = JSON.parse((await command('explain', '--live', id, '--json', '-f', file)).stdout) as Record<
      string,
      unknown
    >;
    assert.equal(json['done'], true);
    assert.equal((await command('explain', '--live', '0xfff', '-f', file)).code, 1);
    old.release();
    await held.expect(/^HTTP\/1\.1 200 /);
  });
});

scenario('deploy that is interrupted says what has been done, and ends', async (t) => {
  const { next, port, file, process, ask } = await start(t);
  const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  onCleanup(t, () => client.terminate());
  await once(client, 'open');
  for (const [to, shown, wanted, code] of [
    [`127.0.0.1:${await freePort()}`, /^checking /, /: interrupted: nothing has changed\n$/, 130],
    [
      `127.0.0.1:${next.port}`,
      /1 tunnel, /,
      /: interrupted: apps\/one is at 127\.0\.0\.1:\d+, and its WebSockets /,
      143,
    ],
  ] as const) {
    const [program, ...args] = commandLine('router', '');
    const words = ['deploy', 'apps/one', '--to', to, '--within', '1h', '-f', file];
    const child = spawn(program, [...args.slice(0, -2), ...words]);
    onCleanup(t, () => void child.kill('SIGKILL'));
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
    await until('its progress', () => shown.test(text));
    child.kill(code === 130 ? 'SIGINT' : 'SIGTERM');
    assert.deepEqual(await once(child, 'close'), [code, null]);
    assert.match(text, wanted);
  }
  assert.match(await ask('deploy status apps/one'), /0 requests and 1 tunnel are finishing there/);
  await process.says(/ notice Server apps\/one was deployed to 127\.0\.0\.1:\d+, from 127\.0\.0\.1:\d+\./);
});
