/** The life cycle of a program, as a real process: test/support/lamp.ts is the smallest one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { onCleanup } from '../../../../test/support/cleanup.ts';
import { run, TestProcess } from '../../../../test/support/process.ts';
import type { Result } from '../../../../test/support/process.ts';
import { startSyslog } from '../../../../test/support/syslog.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';

const script = fileURLToPath(new URL('../../../../test/support/lamp.ts', import.meta.url));

function words(args: readonly string[]): string[] {
  return ['--conditions=x-src', script, ...args];
}

function lamp(t: TestContext, ...args: readonly string[]): Promise<Result> {
  return run(t, process.execPath, words(args), { cwd: new TempDir(t).path });
}

async function startLamp(
  t: TestContext,
  config: string,
  ...args: readonly string[]
): Promise<{ lamp: TestProcess & { file: string }; port: number }> {
  const file = new TempDir(t).write('lamp.conf', config);
  const started = Object.assign(new TestProcess(t, process.execPath, words(['-f', file, ...args])), { file });
  const port = await until(`the start line of ${started.output}`, () => portIn(started.stderr));
  return { lamp: started, port };
}

function portIn(text: string): number | undefined {
  const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function lit(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onCleanup(t, () => void socket.destroy());
  await once(socket, 'data');
  return socket;
}

/** What the lamp says to a new connection. */
async function said(t: TestContext, port: number): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  onCleanup(t, () => void socket.destroy());
  const [bytes] = await once(socket, 'data');
  return bytes;
}

test('--help lists usage, commands, options, files, exit codes and signals', async (t) => {
  const { code, stdout, stderr } = await lamp(t, '--help');
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.equal(
    stdout,
    `lamp 1.2.3: shines

Usage:
  lamp [run] [options] -f FILE ...
  lamp check -f FILE ...
  lamp COMMAND --help

Commands:
  run    start (the default)
  check  check the configuration, print every problem, start nothing
  say    prints its words

Options:
  -f, --file FILE             configuration file, or directory of them; may be repeated
  -c, --check                 same as the check command
      --format text|json      output format of check (default: text)
  -D, --daemon                run in the background once serving
      --foreground            stay in the foreground, overriding the configuration (also -db, as in HAProxy)
  -p, --pid-file FILE         write the process id to this file while serving
      --log-format text|json  format of the process log on standard error (default: text)
  -q, --quiet                 log only warnings and errors
  -h, --help                  print this help
  -V, --version               print the version (also -v, as in HAProxy)

Default files (the first that exists is used):
  lamp.conf
  /etc/lamp/lamp.conf

Exit codes:
  0  success, or stopped by a signal
  1  invalid configuration, or something it needs is missing: restarting does not help
  2  usage error
  70 internal error (crash): restarting helps
  75 port in use, or an address or name that does not exist yet: restarting may help

Signals:
  TERM, INT, QUIT  finish open requests, then stop; a second signal stops at once
  USR1             the same, without the default deadline of 30 s that applies when hard-stop-after is not set
  HUP              reload the configuration; when anything in it is wrong, the one in effect serves on
  PWR              let a new process take over, after an upgrade of the program
  USR2             reopen log files after rotation

Examples:
  lamp -f lamp.conf
`,
  );
});

test('run and check have their own help, with their own options', async (t) => {
  const check = await lamp(t, 'check', '--help');
  assert.deepEqual([check.code, check.stderr], [0, '']);
  assert.match(check.stdout, /^usage: lamp check \[options\] -f FILE \.\.\.\n/);
  assert.match(check.stdout, /--format text\|json/);
  assert.doesNotMatch(check.stdout, /--daemon|--log-format|Signals/);
  assert.equal((await lamp(t, 'help', 'check')).stdout, check.stdout);

  const run = await lamp(t, 'run', '--help');
  assert.deepEqual([run.code, run.stderr], [0, '']);
  assert.match(run.stdout, /^usage: lamp \[run\] \[options\] -f FILE \.\.\.\n/);
  assert.match(run.stdout, /--log-format text\|json/);
  assert.doesNotMatch(run.stdout, / --format/);
});

test('check --format json prints one object with every problem and its position', async (t) => {
  const dir = new TempDir(t);
  const good = dir.write('good.conf', 'port 0\nold x\n');
  const wrong = dir.write('wrong.conf', 'prot 1\nport 0\n');
  const valid = await lamp(t, 'check', '--format', 'json', '-q', good);
  assert.deepEqual([valid.code, valid.stderr], [0, '']);
  assert.deepEqual(JSON.parse(valid.stdout), {
    valid: true,
    files: [good],
    problems: [{ severity: 'warning', file: good, line: 2, column: 1, message: "'old' is out of use" }],
  });
  const { code, stdout, stderr } = await lamp(t, '-c', '--format=json', wrong);
  assert.deepEqual([code, stderr], [1, '']);
  assert.deepEqual(JSON.parse(stdout), {
    valid: false,
    files: [wrong],
    problems: [
      { severity: 'error', file: wrong, line: 1, column: 1, message: "unknown keyword 'prot'", suggestion: 'port' },
    ],
  });
});

test('--version prints one line', async (t) => {
  assert.deepEqual(await lamp(t, '--version'), { code: 0, signal: null, stdout: 'lamp 1.2.3\n', stderr: '' });
});

test('a command gets its arguments and sets the exit code', async (t) => {
  assert.deepEqual(await lamp(t, 'say', '--help', 'light'), {
    code: 0,
    signal: null,
    stdout: '--help light\n',
    stderr: '',
  });
});

test('a usage error is exit code 2 and suggests the right word', async (t) => {
  const { code, stdout, stderr } = await lamp(t, '--deamon');
  assert.deepEqual([code, stdout], [2, '']);
  assert.equal(stderr, "lamp: unknown option '--deamon'; did you mean '--daemon'?\nTry 'lamp --help'.\n");
});

test('check prints which files were read and that they are valid', async (t) => {
  const file = new TempDir(t).write('lamp.conf', 'port 0\nold x\n');
  const { code, stdout, stderr } = await lamp(t, 'check', '-f', file);
  assert.equal(code, 0);
  assert.equal(stdout, `read ${file}\nConfiguration file is valid (1 warning)\n`);
  assert.match(stderr, /lamp\.conf:2:1: warning: 'old' is out of use\n {4}old x\n {4}\^\n1 warning\n$/);
});

test('every problem is printed with its line, and nothing starts', async (t) => {
  const file = new TempDir(t).write('lamp.conf', 'prot 1\nport 0\n  gleam 2\n');
  for (const args of [['check', file], [file], ['-D', file]]) {
    const { code, stdout, stderr } = await lamp(t, ...args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      `${file}:1:1: unknown keyword 'prot'; did you mean 'port'?\n    prot 1\n    ^\n` +
        `${file}:3:3: unknown keyword 'gleam'; did you mean 'port'?\n      gleam 2\n      ^\n2 errors\n`,
    );
  }
});

test('a directory expands to the configuration files in it', async (t) => {
  const dir = new TempDir(t);
  for (const name of ['b.conf', 'a.yaml', '.hidden.conf', 'notes.txt', 'other.cfg']) dir.write(name, 'port 0\n');
  const { stdout } = await lamp(t, 'check', dir.path);
  assert.equal(stdout, `read ${dir.join('a.yaml')}\nread ${dir.join('b.conf')}\nConfiguration file is valid\n`);
});

test('no configuration file, a missing one and an empty directory are exit code 1', async (t) => {
  for (const args of [[], ['none.conf'], [new TempDir(t).path]]) {
    const { code, stderr } = await lamp(t, ...args);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^(lamp: no configuration file: (give one with -f FILE|no \.conf or \.yaml file in )|none\.conf:1:1: cannot be read: no such file)/,
    );
  }
});

test('SIGTERM finishes open work, then ends with exit code 0 and removes the pid file', async (t) => {
  const pidFile = new TempDir(t).join('lamp.pid');
  const { lamp: started, port } = await startLamp(t, 'port 0\n', '-p', pidFile);
  assert.equal(readFileSync(pidFile, 'utf8'), `${started.pid}\n`);
  const socket = await lit(t, port);
  started.signal('SIGTERM');
  await until('the drain to begin', () => started.stderr.includes('stopping on SIGTERM'));
  assert.ok(started.running);
  socket.end();
  assert.deepEqual(await started.exited, { code: 0, signal: null });
  assert.match(started.stderr, /everything finished\n$/);
  assert.ok(!existsSync(pidFile));
});

test(
  'ps shows the name and arguments of the program, and that it is draining',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { lamp: started, port } = await startLamp(t, 'port 0\n');
    const socket = await lit(t, port);
    const proc = (file: string): string => readFileSync(`/proc/${started.pid}/${file}`, 'utf8').replaceAll('\0', '');
    assert.equal(proc('comm'), 'headgate-lamp\n');
    assert.match(proc('cmdline'), /^headgate-lamp -f \S+lamp\.conf$/);
    started.signal('SIGTERM');
    await until('the drain to begin', () => started.stderr.includes('stopping on SIGTERM'));
    assert.match(proc('cmdline'), /^headgate-lamp \(draining\) -f /);
    socket.end();
    await started.exited;
  },
);

test('a second SIGTERM or SIGINT closes open work at once, exit code 128 plus its number', async (t) => {
  const { lamp: started, port } = await startLamp(t, 'port 0\n');
  const socket = await lit(t, port);
  started.signal('SIGUSR1');
  await until('the drain to begin', () =>
    started.stderr.includes('stopping on SIGUSR1: finishing open requests, without a deadline'),
  );
  const closed = once(socket, 'close');
  started.signal('SIGINT');
  assert.deepEqual(await started.exited, { code: 130, signal: null });
  await closed;
});

test('work still open at hard-stop-after is closed, exit code 0', async (t) => {
  const { lamp: started, port } = await startLamp(t, 'port 0\nhard-stop 50\n');
  await lit(t, port);
  assert.deepEqual(await started.stop('SIGQUIT'), { code: 0, signal: null });
  assert.match(started.stderr, /deadline reached, remaining connections closed\n$/);
});

test('SIGHUP applies the configuration as it is now and logs what changed', async (t) => {
  const dir = new TempDir(t);
  const text = dir.write('text', 'dim\n');
  const { lamp: started, port } = await startLamp(t, 'port 0\n');
  const file = started.file;
  writeFileSync(file, `port 0\nold x\ntext ${text}\n`);
  started.signal('SIGHUP');
  await started.says(/ notice reloaded on SIGHUP in \d+ ms: the text is dim$/m);
  assert.match(started.stderr, /lamp\.conf:2:1: warning: 'old' is out of use/);
  assert.equal(String(await said(t, port)), 'dim\n');
  started.signal('SIGHUP');
  await started.says(/reloaded on SIGHUP in \d+ ms: the same addresses, sections and servers$/m);
});

test('a reload of a wrong file, or onto a port in use, logs every reason with its place and changes nothing', async (t) => {
  const { lamp: started, port } = await startLamp(t, 'port 0\n');
  writeFileSync(started.file, 'prot 1\n  gleam 2\n');
  started.signal('SIGHUP');
  await started.says(/ err not reloaded on SIGHUP: the configuration before it serves on$/m);
  assert.match(started.stderr, / err \S+lamp\.conf:1:1: unknown keyword 'prot'; did you mean 'port'\?$/m);
  assert.match(started.stderr, / err \S+lamp\.conf:2:3: unknown keyword 'gleam'/m);
  writeFileSync(started.file, `port ${port}\n`);
  started.signal('SIGHUP');
  await started.says(/ err lamp\.conf:1:6: cannot listen on \S+ the address is already in use/);
  rmSync(started.file);
  started.signal('SIGHUP');
  await started.says(/ err \S+lamp\.conf:1:1: cannot be read: /);
  assert.equal(String(await said(t, port)), 'on\n');
});

test('a file that the configuration names is applied when it changes, without edits of the configuration', async (t) => {
  const dir = new TempDir(t);
  const text = dir.write('text', 'first\n');
  const { lamp: started, port } = await startLamp(t, `port 0\ntext ${text}\n`);
  writeFileSync(started.file, 'prot 1\n');
  dir.write('text.new', 'second\n');
  renameSync(dir.join('text.new'), text);
  await started.says(/reloaded on a change of \S+text in \d+ ms: the text is second$/m);
  assert.equal(String(await said(t, port)), 'second\n');
  dir.write('text', 'broken\n');
  await started.says(/ err \S+lamp\.conf:2:1: the text of \S+text is broken$/m);
  await started.says(/ err not reloaded on a change of \S+text/m);
  assert.equal(String(await said(t, port)), 'second\n');
  dir.write('text', 'third\n');
  await started.says(/: the text is third$/m);
});

test('SIGHUP during the stop reloads nothing', async (t) => {
  const { lamp: started, port } = await startLamp(t, 'port 0\n');
  const socket = await lit(t, port);
  started.signal('SIGTERM');
  await started.says(/stopping on SIGTERM/);
  started.signal('SIGHUP');
  await started.says(/not reloaded on SIGHUP/);
  socket.end();
  assert.deepEqual(await started.exited, { code: 0, signal: null });
});

test('a port in use is reported clearly, exit code 75 and no pid file', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dir = new TempDir(t);
  const file = dir.write('lamp.conf', `port ${port}\n`);
  for (const args of [[], ['-D']]) {
    const { code, stderr } = await lamp(t, '-f', file, '-p', dir.join('lamp.pid'), ...args);
    assert.equal(code, 75);
    assert.match(stderr, new RegExp(`lamp: cannot listen on 127\\.0\\.0\\.1:${port}: the address is already in use`));
    assert.ok(!existsSync(dir.join('lamp.pid')));
  }
});

test('-q prints nothing for a successful start, and --log-format json writes objects', async (t) => {
  const pidFile = new TempDir(t).join('lamp.pid');
  const file = new TempDir(t).write('lamp.conf', 'port 0\n');
  const quiet = new TestProcess(t, process.execPath, words(['-q', '-f', file, '-p', pidFile]));
  await until('the pid file', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  assert.deepEqual(await quiet.stop(), { code: 0, signal: null });
  assert.equal(quiet.output.split('\n').slice(1).join('\n'), '');

  const { lamp: started } = await startLamp(t, 'port 0\n', '--log-format', 'json');
  await started.stop();
  const lines: unknown[] = started.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.length >= 4);
  for (const line of lines)
    assert.ok(typeof line === 'object' && line !== null && 'severity' in line && 'program' in line);
});

for (const [how, title] of [
  ['throw', 'uncaught exception'],
  ['reject', 'unhandled rejection'],
] as const) {
  test(`an ${title} is logged with its stack, exit code 70, and the pid file is removed`, async (t) => {
    const pidFile = new TempDir(t).join('lamp.pid');
    const { lamp: started, port } = await startLamp(t, `port 0\ncrash ${how}\n`, '-p', pidFile);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    onCleanup(t, () => void socket.destroy());
    assert.deepEqual(await started.exited, { code: 70, signal: null });
    assert.match(
      started.stderr,
      new RegExp(` emerg ${title}: the bulb broke\\n {4}Error: the bulb broke\\n {4} {4}at `),
    );
    assert.ok(!existsSync(pidFile));
  });
}

test('a daemon serves before the command returns, and a second one is refused, naming the first', async (t) => {
  const dir = new TempDir(t);
  const file = dir.write('lamp.conf', `port 0\ndaemon\npid ${dir.join('lamp.pid')}\n`);
  const first = await lamp(t, '-f', file);
  const pid = Number(readFileSync(dir.join('lamp.pid'), 'utf8'));
  t.after(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  assert.equal(first.code, 0);
  assert.match(first.stderr, new RegExp(`^lamp: process ${pid} is serving on 127\\.0\\.0\\.1:\\d+\\n$`));
  const socket = await lit(t, portIn(first.stderr) ?? 0);
  socket.end();

  const second = await lamp(t, '-f', file);
  assert.equal(second.code, 75);
  assert.match(second.stderr, new RegExp(`already running: .*lamp\\.pid holds process id ${pid} \\(`));

  process.kill(pid, 'SIGTERM');
  await until('the daemon to end', () => !isAlive(pid));
  assert.ok(!existsSync(dir.join('lamp.pid')));
});

test('-db overrides daemon in the configuration', async (t) => {
  const { lamp: started } = await startLamp(t, 'port 0\ndaemon\n', '-db');
  assert.ok(started.running);
  started.signal('SIGTERM');
  assert.deepEqual(await started.exited, { code: 0, signal: null });
});

test('a daemon that ends before serving is reported as a failure', async (t) => {
  const file = new TempDir(t).write('lamp.conf', 'port 0\ncrash start\n');
  const { code, stderr } = await lamp(t, '-D', '-f', file);
  assert.deepEqual([code, stderr], [70, 'lamp: the background process ended (exit code 3) before serving\n']);
});

test('the log of a daemon reaches syslog, its last line included', async (t) => {
  const server = await startSyslog(t);
  const dir = new TempDir(t);
  const pidFile = dir.join('lamp.pid');
  const file = dir.write('lamp.conf', `port 0\nsyslog ${server.port}\n`);
  assert.equal((await lamp(t, '-D', '-f', file, '-p', pidFile)).code, 0);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  await server.message(/^stopped: everything finished$/);
  assert.match(
    server.datagrams.join('\n'),
    /^<29>\w{3} .* lamp\[\d+\]: serving on 127\.0\.0\.1:\d+ version=1\.2\.3 pid=\d+$/m,
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
