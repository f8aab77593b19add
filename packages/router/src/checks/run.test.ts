import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CheckResult } from '../model/backend.ts';
import type { BackendRuntime } from '../backend/runtime.ts';
import { createBackend } from '../backend/runtime.ts';
import { listen, type Place } from '../../../../test/support/tcp.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { backendConfig, bench, checkConfig, serverConfig, waiter } from '../backend/testing.ts';
import type { Backend, Server } from '../model/snapshot.ts';
import { HTTP_SCRIPT, facts } from './testing.ts';
import type { CheckDeps } from './run.ts';
import { Checks } from './run.ts';

const checkScript = HTTP_SCRIPT;
// The interval is also the time limit of a check: long, except where a test waits for it to expire.
const patient = { ...checkConfig, inter: 60_000, fastinter: 20, downinter: 20, fall: 2 };
const realTime: CheckDeps = {
  now: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  random: () => 0.5,
  facts,
};

type Behaviour = (socket: Socket) => void;
const answers =
  (text: string): Behaviour =>
  (socket) =>
    void socket.once('data', () => socket.write(text));

/** A scripted server that records what it received and how each connection ended. */
async function scripted(t: TestContext, behave: Behaviour, where: Place = {}) {
  const seen = { received: '', ends: new Array<string>(), open: new Set<Socket>(), behave };
  const { server, port } = await listen(
    t,
    (socket) => {
      seen.open.add(socket);
      let end = 'close';
      socket.on('data', (bytes) => (seen.received += bytes.toString('latin1')));
      socket.on('error', (error) => (end = 'code' in error ? String(error.code) : error.message));
      socket.on('close', () => {
        seen.open.delete(socket);
        seen.ends.push(end);
        server.emit('gone');
      });
      seen.behave(socket);
    },
    where,
  );
  return { server, seen, port };
}

/** Starts checks of one server and hands out their results one by one. */
function check(t: TestContext, server: Partial<Server>, settings: Partial<Backend> = {}) {
  const config = backendConfig([serverConfig('a', { check: patient, ...server })], settings);
  const backend = createBackend(config, { ...realTime, report: () => {} });
  const results: CheckResult[] = [];
  let wake = (): void => {};
  const checked = backend.checked.bind(backend);
  backend.checked = (state, result) => {
    checked(state, result);
    results.push(result);
    wake();
  };
  const checks = new Checks(realTime);
  checks.follow([backend], 0);
  t.after(() => checks.stop());
  return {
    backend,
    checks,
    results,
    async next(): Promise<CheckResult> {
      for (;;) {
        const result = results.shift();
        if (result !== undefined) return result;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function local(port: number): Pick<Server, 'address'> {
  return { address: { kind: 'tcp', host: '127.0.0.1', port } };
}

async function until(backend: BackendRuntime, condition: () => boolean): Promise<void> {
  if (condition()) return;
  await new Promise<void>((resolve) => {
    const stop = backend.watch(() => {
      if (!condition()) return;
      stop();
      resolve();
    });
  });
}

describe('a TCP check', () => {
  it('passes when the connection is accepted, sends nothing, and ends it with a reset', async (t) => {
    const { server, seen, port } = await scripted(t, () => {});
    const on = check(t, local(port));
    const gone = new Promise((resolve) => server.once('gone', resolve));
    const { passed, status, code, info } = await on.next();
    assert.deepEqual({ passed, status, code, info }, { passed: true, status: 'L4OK', code: undefined, info: '' });
    await gone;
    assert.deepEqual([seen.received, seen.ends[0]], ['', 'ECONNRESET']);
  });
  it('fails when it is refused', async (t) => {
    const { server, port } = await scripted(t, () => {});
    await new Promise((resolve) => server.close(resolve));
    const { passed, status, info } = await check(t, local(port)).next();
    assert.deepEqual({ passed, status, info }, { passed: false, status: 'L4CON', info: 'Connection refused' });
  });
  it('finds a server on localhost on either loopback address', async (t) => {
    for (const host of ['127.0.0.1', '::1']) {
      const { port } = await scripted(t, () => {}, { host });
      const on = check(t, { address: { kind: 'tcp', host: 'localhost', port } });
      assert.equal((await on.next()).status, 'L4OK', host);
      on.checks.stop();
    }
  });
  it('reports the reason when every address of localhost refuses', async (t) => {
    const { server, port } = await scripted(t, () => {});
    await new Promise((resolve) => server.close(resolve));
    const on = check(t, { address: { kind: 'tcp', host: 'localhost', port } });
    assert.equal((await on.next()).info, 'Connection refused');
  });
  it('fails when the name has no address', async (t) => {
    const on = check(t, { address: { kind: 'tcp', host: 'x'.repeat(300), port: 80 } });
    const { status, info } = await on.next();
    assert.equal(status, 'L4CON');
    assert.notEqual(info, '');
  });
  it('reaches a server on a unix socket', async (t) => {
    const path = new TempDir(t).join('app.sock');
    await scripted(t, () => {}, { path });
    assert.equal((await check(t, { address: { kind: 'unix', path } }).next()).status, 'L4OK');
    const { status, info } = await check(t, { address: { kind: 'unix', path: `${path}.none` } }).next();
    assert.deepEqual([status, info], ['L4CON', 'No such file or directory']);
  });
});

describe('an HTTP check', () => {
  const cases: readonly (readonly [string, Behaviour, CheckResult['status'], number | undefined, string])[] = [
    ['passes on 200', answers('HTTP/1.0 200 OK\r\n\r\n'), 'L7OK', 200, ''],
    ['fails on 500', answers('HTTP/1.1 500 Oh No\r\n\r\n'), 'L7STS', 500, 'Oh No'],
    ['fails on garbage', answers('hello\r\n'), 'L7RSP', undefined, ''],
    ['fails on an endless line', answers('x'.repeat(70_000)), 'L7RSP', undefined, ''],
    [
      'fails when it is closed without an answer',
      (socket) => void socket.once('data', () => socket.end()),
      'L7RSP',
      undefined,
      '',
    ],
    [
      'fails on a reset',
      (socket) => void socket.once('data', () => socket.resetAndDestroy()),
      'SOCKERR',
      undefined,
      'Connection reset by peer',
    ],
    ['fails when no answer arrives in time', () => {}, 'L7TOUT', undefined, ''],
    [
      'fails when the answer only trickles',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('a: b\r\n'), 5);
        socket.on('close', () => clearInterval(timer));
      },
      'L7TOUT',
      undefined,
      '',
    ],
  ];
  for (const [title, behave, status, code, info] of cases) {
    it(title, async (t) => {
      const { seen, port } = await scripted(t, behave);
      const on = check(
        t,
        { ...local(port), check: { ...patient, inter: status === 'L7TOUT' ? 60 : 60_000 } },
        { checkScript },
      );
      const result = await on.next();
      assert.deepEqual(
        [result.passed, result.status, result.code, result.info],
        [status === 'L7OK', status, code, info],
      );
      assert.ok(seen.received.startsWith('OPTIONS / HTTP/1.0\r\n\r\n'));
    });
  }
  it('applies timeout check to the answer only', async (t) => {
    const { port } = await scripted(t, () => {});
    const timeouts = { ...backendConfig([]).timeouts, check: 30 };
    const on = check(t, local(port), { checkScript, timeouts });
    const { status, duration } = await on.next();
    assert.equal(status, 'L7TOUT');
    assert.ok(duration >= 25 && duration < 30_000);
  });
});

describe('a check of a server with send-proxy', () => {
  const proxied = { ...patient, sendProxy: true };
  it('sends its own addresses in version 1', async (t) => {
    const { seen, port } = await scripted(t, answers('HTTP/1.0 200 OK\r\n\r\n'));
    assert.equal(
      (await check(t, { ...local(port), sendProxy: 1, check: proxied }, { checkScript }).next()).status,
      'L7OK',
    );
    assert.match(
      seen.received,
      new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${port}\r\nOPTIONS / HTTP/1\\.0\r\n\r\n`),
    );
  });
  it('sends LOCAL in version 2', async (t) => {
    const { seen, port } = await scripted(t, answers('HTTP/1.0 200 OK\r\n\r\n'));
    assert.equal(
      (await check(t, { ...local(port), sendProxy: 2, check: proxied }, { checkScript }).next()).status,
      'L7OK',
    );
    assert.ok(seen.received.startsWith('\r\n\r\n\0\r\nQUIT\n\x20\0\0\0OPTIONS / HTTP/1.0\r\n\r\n'));
  });
});

describe('checks', () => {
  it('while a server goes down and up, and the recovered server gets the waiting request', async (t) => {
    const ok = answers('HTTP/1.0 200 OK\r\n\r\n');
    const { seen, port } = await scripted(t, ok);
    const { backend } = check(t, { ...local(port), maxconn: 1, check: { ...patient, inter: 300 } }, { checkScript });
    const [server] = backend.servers;
    assert.ok(server);
    assert.equal(backend.take(waiter()), server);
    const late = waiter();
    assert.equal(backend.take(late), 'queued');
    seen.behave = answers('HTTP/1.0 503 Busy\r\n\r\n');
    await until(backend, () => server.operational === 'down');
    server.release();
    assert.deepEqual([late.outcome, backend.take(waiter())], ['waiting', 'no-server']);
    seen.behave = ok;
    await until(backend, () => server.operational === 'up');
    assert.equal(late.server, server);
  });
  it('stop in maintenance, and resume at once after it', async (t) => {
    const { seen, port } = await scripted(t, answers('HTTP/1.0 200 OK\r\n\r\n'));
    const on = check(t, { ...local(port), disabled: true }, { checkScript });
    const [server] = on.backend.servers;
    assert.ok(server);
    on.backend.administer(server, 'ready');
    assert.equal((await on.next()).status, 'L7OK');
    on.backend.administer(server, 'maint');
    const before = seen.received.length;
    on.backend.administer(server, 'ready');
    assert.equal((await on.next()).status, 'L7OK');
    assert.ok(seen.received.length > before);
  });
});

describe('stopping', () => {
  it('ends the running check without a result and leaves no connection', async (t) => {
    const { server, seen, port } = await scripted(t, () => {});
    const asked = new Promise((resolve) => server.once('connection', (socket: Socket) => socket.once('data', resolve)));
    const on = check(t, local(port), { checkScript });
    await asked;
    const gone = new Promise((resolve) => server.once('gone', resolve));
    on.checks.stop();
    await gone;
    assert.deepEqual([on.results, seen.open.size], [[], 0]);
  });
  it('leaves no timer', () => {
    const servers = ['a', 'b', 'c'].map((name) => serverConfig(name, { check: checkConfig }));
    const { backend, clock } = bench(backendConfig([...servers, serverConfig('unchecked')]));
    const checks = new Checks({ now: () => clock.time, after: clock.after, random: () => 0, facts });
    checks.follow([backend], 0);
    assert.equal(clock.pending, 3);
    checks.stop();
    assert.equal(clock.pending, 0);
  });
  it('continue under a new configuration, and restart only where their settings changed', () => {
    const config = (inter: number): Backend =>
      backendConfig([
        serverConfig('a', { check: checkConfig }),
        serverConfig('b', { check: { ...checkConfig, inter } }),
      ]);
    const { backend, clock } = bench(config(5000));
    const started: number[] = [];
    const checks = new Checks({
      now: () => clock.time,
      after(ms, fn) {
        started.push(ms);
        return clock.after(ms, fn);
      },
      random: () => 0,
      facts,
    });
    checks.follow([backend], 0);
    assert.equal(started.splice(0).length, 2);
    backend.follow(config(5000));
    checks.follow([backend], 0);
    assert.deepEqual(started, []);
    backend.follow(config(7000));
    checks.follow([backend], 0);
    assert.deepEqual([started.length, clock.pending], [1, 2]);
    backend.follow(backendConfig([serverConfig('a', { check: checkConfig })]));
    checks.follow([backend], 0);
    assert.equal(clock.pending, 1);
    checks.stop();
  });
});
