/** `top`: one screen in a pipe, a live one on a terminal, which is left as it was. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { once } from 'node:events';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { run } from '../../support/process.ts';
import { commandLine, skips, type Router } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting, type Routing } from '../../support/routing.ts';
import { forEachRouter, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

interface Watched extends Routing {
  readonly socket: string;
}

forEachRouter('top prints one screen where it writes to no terminal, of HAProxy too', async (t, router) => {
  const { socket, port } = await start(t, router);
  const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  onCleanup(t, () => client.terminate());
  await once(client, 'open');
  const [program, args] = command('top', '-s', socket, '--interval', '100ms');
  const { code, stdout } = await run(t, program, args);
  assert.equal(code, 0);
  const name = router === 'router' ? 'Headgate' : 'HAProxy';
  assert.match(stdout, new RegExp(`^${name} \\d\\S+, pid \\d+, up \\d+[^\\n]*\\nconnections \\d+ of 100 `));
  assert.match(stdout, /^front +OPEN +\d+ +100 /m);
  const tunnels = router === 'router' ? ' +1' : '';
  assert.match(stdout, new RegExp(`^apps +UP .*${tunnels}\\n {2}one +no check .*${tunnels}$`, 'm'));
  assert.ok(!stdout.includes('\x1b'));
});

scenario('top draws on a terminal, scrolls, follows its size, and restores it', async (t) => {
  if (skips(t, 'socat')) return;
  const { socket } = await start(t, 'router');
  const [program, args] = command('top', '-s', socket, '--interval', '100ms');
  for (const ending of ['q', '\x03', 'SIGTERM'] as const) {
    const line = [program, ...args].map((word) => `'${word}'`).join(' ');
    // Someone keeps the terminal open: what a program writes before it ends may be lost with a terminal that ends too.
    const child = spawn('socat', [
      '-',
      `SYSTEM:"stty rows 10 cols 100; ${line}; printf left; exec cat",pty,setsid,ctty,raw,echo=0`,
    ]);
    onCleanup(t, () => void child.kill());
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    await until('the screen', () => text.includes('\x1b[?1049h') && text.includes('apps'));
    child.stdin.write('jk \x1b[6~ ');
    await until('another screen', () => text.includes('paused'));
    if (ending !== 'SIGTERM') {
      child.stdin.write(ending);
      await until('the end of top', () => text.endsWith('left'));
      assert.ok(text.endsWith('\x1b[?25h\x1b[?1049lleft'), JSON.stringify(text.slice(-80)));
    }
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }
});

scenario('top says why it cannot look', async (t) => {
  const [program, args] = command('top', '-s', '/nowhere/x.sock');
  const { code, stderr } = await run(t, program, args);
  assert.equal(code, 1);
  assert.match(stderr, /^headgate-router: .*\/nowhere\/x\.sock/);
});

scenario('top says when something answers that is not a router, or nothing does', async (t) => {
  const other = await RawServer.listen(t, (connection) => connection.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const silent = await RawServer.listen(t);
  for (const [port, expected, reason] of [
    [other.port, 1, /: this is not the control socket of a router: 'show info' is answered 'HTTP\/1\.1 /],
    [silent.port, 75, /: no answer within 5s: the program is busy, /],
  ] as const) {
    const [program, args] = command('top', '--once', '-s', `127.0.0.1:${port}`);
    const { code, stdout, stderr } = await run(t, program, args);
    assert.deepEqual([code, stdout], [expected, '']);
    assert.match(stderr, reason);
  }
});

function command(...words: string[]): readonly [string, readonly string[]] {
  const [program, ...args] = commandLine('router', '');
  return [program, [...args.slice(0, -2), ...words]];
}

async function start(t: TestContext, router: Router): Promise<Watched> {
  const app = await startApp(t, { name: 'one' });
  const socket = new TempDir(t).join('control.sock');
  const routing = await startRouting(t, router, {
    global: ['maxconn 100', `stats socket ${socket} mode 600 level admin`],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  return { ...routing, socket };
}
