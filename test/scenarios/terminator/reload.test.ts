/** Certificates that are renewed under a running terminator, and SIGHUP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { makeCertificates, type Certificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import type { TestProcess } from '../../support/process.ts';
import { startProgram } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { settled } from '../../support/until.ts';

interface Machine {
  readonly port: number;
  readonly process: TestProcess;
  readonly file: string;
  readonly server: RawServer;
}

scenario('Kubernetes swaps a folder of certificate and key: both are shown together', async (t) => {
  const dir = new TempDir(t);
  const publish = (name: string, { certFile, keyFile }: Certificates): void => {
    mkdirSync(dir.join(name));
    copyFileSync(certFile, dir.join(`${name}/tls.crt`));
    copyFileSync(keyFile, dir.join(`${name}/tls.key`));
    symlinkSync(name, dir.join('..next'));
    renameSync(dir.join('..next'), dir.join('..data'));
  };
  publish('..first', makeCertificates(t, ['first.test']));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, dir.join(name));
  const machine = await start(t, dir.join('tls.crt'), dir.join('tls.key'));
  const before = await visit(t, machine);
  publish('..second', makeCertificates(t, ['second.test']));
  await machine.process.says(/reloaded on a change of \S+tls\.crt, \S+tls\.key in \d+ ms: service https has another/);
  assert.equal(nameOf(await visit(t, machine)), 'second.test');
  before.write('on the old one');
  await (await machine.server.next()).expect('on the old one');
});

scenario('a certificate whose key is not there yet waits for it, and the old pair serves meanwhile', async (t) => {
  const dir = new TempDir(t);
  const [first, second] = [makeCertificates(t, ['first.test']), makeCertificates(t, ['second.test'])];
  const [cert, key] = [dir.join('fullchain.pem'), dir.join('privkey.pem')];
  const replace = (path: string, by: string): void => {
    copyFileSync(by, `${path}.new`);
    renameSync(`${path}.new`, path);
  };
  replace(cert, first.certFile);
  replace(key, first.keyFile);
  const machine = await start(t, cert, key);
  replace(cert, second.certFile);
  await machine.process.says(/stunnel\.conf:\d+:\d+: key: .*does not belong to certificate CN=second\.test/);
  await machine.process.says(/not reloaded on a change of \S+fullchain\.pem: the configuration before it serves on/);
  assert.equal(nameOf(await visit(t, machine)), 'first.test');
  replace(key, second.keyFile);
  await machine.process.says(/: service https has another certificate: .*second\.test/);
  assert.equal(nameOf(await visit(t, machine)), 'second.test');
});

scenario('SIGHUP: sessions go on, tickets stay good, a service comes and a wrong file changes nothing', async (t) => {
  const certificates = makeCertificates(t);
  const machine = await start(t, certificates.certFile, certificates.keyFile);
  const open = await visit(t, machine, { maxVersion: 'TLSv1.2' });
  const port = await freePort();
  const text = readFileSync(machine.file, 'utf8');
  writeFileSync(
    machine.file,
    `${text}[more]\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:${machine.server.port}\n`,
  );
  machine.process.signal('SIGHUP');
  await machine.process.says(/reloaded on SIGHUP in \d+ ms: address added: 127\.0\.0\.1:\d+; service added: more$/m);
  await visit(t, { ...machine, port });
  const session = open.getSession();
  assert.ok(session !== undefined);
  assert.equal((await visit(t, machine, { maxVersion: 'TLSv1.2', session })).isSessionReused(), true);
  writeFileSync(machine.file, `${text}acept = 1\n`);
  machine.process.signal('SIGHUP');
  await machine.process.says(/stunnel\.conf:\d+:1: .*acept/);
  await machine.process.says(/not reloaded on SIGHUP/);
  await visit(t, { ...machine, port });
  open.write('still');
  await (await machine.server.next()).expect('still');
});

async function start(t: TestContext, cert: string, key: string): Promise<Machine> {
  const server = await RawServer.listen(t, (connection) => connection.socket.once('end', () => connection.end()));
  const port = await freePort();
  const file = new TempDir(t).write(
    'stunnel.conf',
    `foreground = yes\ncert = ${cert}\nkey = ${key}\n[https]\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:${server.port}\n`,
  );
  return { port, file, server, process: await startProgram(t, 'terminator', file, [port]) };
}

async function visit(
  t: TestContext,
  { port }: Machine,
  options: { maxVersion?: 'TLSv1.2'; session?: Buffer } = {},
): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  socket.on('error', () => {});
  onCleanup(t, () => void socket.destroy());
  await settled('the handshake', once(socket, 'secureConnect'));
  return socket;
}

function nameOf(socket: TLSSocket): unknown {
  return socket.getPeerCertificate().subject.CN;
}
