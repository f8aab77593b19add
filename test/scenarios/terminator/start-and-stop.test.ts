import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { getuid } from 'node:process';
import test from 'node:test';
import { connect } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort, isListening } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import { commandLine } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { forEachTerminator, scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { startTerminating, terminatorConfig } from '../../support/terminating.ts';
import { settled, until } from '../../support/until.ts';

forEachTerminator(
  'the pid file holds the process id while serving, and is removed after SIGTERM; exit code 0',
  async (t, terminator) => {
    const app = await startApp(t);
    const { process, pidFile } = await startTerminating(t, terminator, { connect: app.port });
    await until('the pid file', () => existsSync(pidFile));
    assert.equal(readFileSync(pidFile, 'utf8'), `${process.pid}\n`);
    assert.deepEqual(await process.stop('SIGTERM'), { code: 0, signal: null });
    assert.equal(existsSync(pidFile), false);
  },
);

scenario('SIGTERM lets an open connection finish, where stunnel cuts it', async (t) => {
  const server = await RawServer.listen(t);
  const { port, process, certificates } = await startTerminating(t, 'terminator', { connect: server.port });
  const client = connect({ port, host: '127.0.0.1', ca: certificates.ca, servername: 'localhost' });
  onCleanup(t, () => void client.destroy());
  await settled('the handshake', once(client, 'secureConnect'));
  const plain = await server.next();
  process.signal('SIGTERM');
  await until('the port to be free', async () => !(await isListening(port)));
  plain.send('finished');
  const [data] = await settled('the answer', once(client, 'data'));
  assert.equal(String(data), 'finished');
  client.end();
  await plain.ended();
  plain.end();
  assert.deepEqual(await settled('the end', process.exited), { code: 0, signal: null });
});

scenario(
  'a connection cut by a stop still gets its log line, on standard error and in the file of `output`',
  async (t) => {
    const server = await RawServer.listen(t);
    const log = new TempDir(t).join('log');
    const { port, process, certificates } = await startTerminating(t, 'terminator', {
      connect: server.port,
      global: [`output = ${log}`],
    });
    const client = connect({ port, host: '127.0.0.1', ca: certificates.ca, servername: 'localhost' });
    client.on('error', () => {});
    onCleanup(t, () => void client.destroy());
    await settled('the handshake', once(client, 'secureConnect'));
    client.write('a question');
    await server.next();
    process.signal('SIGTERM');
    await until('the stop to begin', () => process.stderr.includes('stopping on SIGTERM'));
    process.signal('SIGTERM');
    assert.deepEqual(await settled('the end', process.exited), { code: 143, signal: null });
    const line = /Connection reset: 0 byte\(s\) sent to TLS, \d+ byte\(s\) sent to socket: the terminator stopped/;
    assert.match(process.stderr, line);
    assert.match(readFileSync(log, 'utf8'), line);
  },
);

forEachTerminator(
  'invalid certificate files prevent the start with exit code 1, and the file is named',
  async (t, terminator) => {
    const dir = new TempDir(t);
    const good = makeCertificates(t);
    const other = makeCertificates(t);
    const bad = {
      missing: dir.join('missing.pem'),
      empty: dir.write('empty.pem', ''),
      garbage: dir.write('garbage.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      keyOfAnother: dir.write(
        'mismatch.pem',
        Buffer.concat([readFileSync(other.keyFile), readFileSync(good.certFile)]),
      ),
      withoutKey: good.certFile,
    };
    const port = await freePort();
    for (const cert of Object.values(bad)) {
      const file = dir.write(
        'stunnel.conf',
        terminatorConfig({ connect: await freePort(), port, pidFile: dir.join('pid'), cert }),
      );
      const [command, ...args] = commandLine(terminator, file);
      const { code, stdout, stderr } = await run(t, command, args);
      assert.equal(code, 1, `${cert}\n${stderr}`);
      assert.ok(`${stdout}${stderr}`.includes(cert), `${cert} is named in\n${stderr}`);
    }
    assert.equal(await isListening(port), false);
  },
);

forEachTerminator(
  'a log file that cannot be written prevents the start with exit code 1, and is named',
  async (t, terminator) => {
    const dir = new TempDir(t);
    const text = terminatorConfig({
      connect: await freePort(),
      port: await freePort(),
      pidFile: dir.join('pid'),
      cert: makeCertificates(t).keyAndCertFile,
    });
    const file = dir.write('stunnel.conf', `output = ${dir.join('none/x.log')}\n${text}`);
    const [command, ...args] = commandLine(terminator, file);
    const { code, stderr } = await run(t, command, args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /log file:? .*none\/x\.log/);
  },
);

test(
  'setuid without setgid drops the group too, and the pid file is written before',
  { skip: getuid?.() === 0 ? false : 'only root can become another user', timeout: 300_000 },
  async (t) => {
    const app = await startApp(t);
    const { process, pidFile, dir } = await startTerminating(t, 'terminator', {
      connect: app.port,
      global: ['setuid = nobody'],
    });
    chmodSync(dir.path, 0o700); // Like /run: only root can write there.
    assert.equal(readFileSync(pidFile, 'utf8'), `${process.pid}\n`);
    const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
    for (const line of [/^Uid:\t65534\t65534\t65534\t65534$/m, /^Gid:\t65534\t65534\t65534\t65534$/m, /^Groups:\t ?$/m])
      assert.match(status, line);
    assert.match(process.stderr, /warning: 'setuid' without 'setgid': the group becomes nobody's own/);
  },
);

scenario('a pid file that is a pipe or a device is refused at once and left alone', async (t) => {
  const dir = new TempDir(t);
  const fifo = dir.join('fifo');
  execFileSync('mkfifo', [fifo]);
  const { keyAndCertFile } = makeCertificates(t);
  for (const path of [fifo, '/dev/zero']) {
    const file = dir.write(
      'stunnel.conf',
      terminatorConfig({ port: await freePort(), pidFile: path, cert: keyAndCertFile, connect: 9 }),
    );
    const [command, ...args] = commandLine('terminator', file);
    const { code, stderr } = await run(t, command, args);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`cannot write the pid file ${path}: it is not a regular file`));
    assert.ok(existsSync(path));
  }
});
