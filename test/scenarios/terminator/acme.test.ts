/** Certificates from an authority: Debian's pebble, which validates as Let's Encrypt does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { TestContext } from 'node:test';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { Pebble, type PebbleOptions } from '../../support/pebble.ts';
import { freePort } from '../../support/ports.ts';
import { run, type TestProcess } from '../../support/process.ts';
import { missing, SOURCES, startProgram } from '../../support/programs.ts';
import { RawServer } from '../../support/raw.ts';
import { scenario } from '../../support/scenario.ts';
import { listen } from '../../support/tcp.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';

const absent = missing('pebble', 'pebble-challtestsrv', 'openssl');
const withPebble: typeof scenario = (sentence, run) =>
  scenario(sentence, async (t) => {
    if (absent === false) await run(t);
    else t.skip(absent);
  });

interface Machine {
  readonly port: number;
  readonly dir: TempDir;
  readonly pebble: Pebble;
  readonly process: TestProcess;
  readonly file: string;
  readonly server: RawServer;
}

interface MachineOptions extends PebbleOptions {
  readonly acme?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly workers?: number;
  /** The authority is started later. */
  readonly away?: boolean;
}

/** A terminator with one service, and its authority. */
async function start(
  t: TestContext,
  { acme, service, workers = 1, away = false, ...options }: MachineOptions = {},
): Promise<Machine> {
  const dir = new TempDir(t);
  const port = await freePort();
  const pebble = await Pebble.prepare(t, { tlsPort: port, ...options });
  if (!away) await pebble.start();
  const server = await RawServer.listen(t);
  const own = { directory: pebble.directory, ca: pebble.caFile, store: dir.join('acme'), contact: 'a@example.test' };
  const stats = { socket: `${dir.join('control.sock')} level admin` };
  const settings = { ...own, names: ['www.example.test', 'example.test'], ...acme };
  const https = { accept: `127.0.0.1:${port}`, connect: `127.0.0.1:${server.port}`, acme: settings, ...service };
  const file = dir.write(
    'terminator.yaml',
    JSON.stringify({ debug: 'info', 'hard-stop-after': '1s', workers, stats, services: { https } }),
  );
  const process = await startProgram(t, 'terminator', file, [port]);
  return { port, dir, pebble, process, file, server };
}

async function visit(t: TestContext, port: number, servername: string): Promise<TLSSocket> {
  const client = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  await once(client, 'secureConnect');
  return client;
}

async function shown(t: TestContext, port: number, servername = 'www.example.test'): Promise<PeerCertificate> {
  return (await visit(t, port, servername)).getPeerCertificate();
}

/** Ends when clients see what the authority has issued, and verify it. */
async function issued(
  { process, pebble, port }: Machine,
  t: TestContext,
  servername = 'www.example.test',
): Promise<void> {
  await process.says(/ACME certificate for \S+: (obtained|renewed), valid until/, 30_000);
  await process.says(/reloaded on a change of \S+\.pem/);
  const client = connect({ port, host: '127.0.0.1', servername, ca: await pebble.root() });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  await once(client, 'secureConnect');
  assert.equal(client.authorized, true);
}

withPebble('one line gets a certificate: tls-alpn-01 is answered on the port of the service', async (t) => {
  const machine = await start(t, { badNonces: 20 });
  const { dir, process } = machine;
  assert.match(process.output, /there is no certificate for www\.example\.test, example\.test yet/);
  await issued(machine, t);
  assert.match((await shown(t, machine.port)).subjectaltname ?? '', /DNS:www\.example\.test/);
  const store = dir.join('acme');
  for (const path of ['', 'accounts', 'certificates'])
    assert.equal(statSync(join(store, path)).mode & 0o777, 0o700, path);
  for (const name of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
    const { mode } = statSync(join(store, name));
    assert.equal(mode & 0o777, statSync(join(store, name)).isDirectory() ? 0o700 : 0o600, name);
  }
  // The challenge is over: acme-tls/1 is an ordinary handshake, and leads nowhere.
  const late = connect({
    port: machine.port,
    host: '127.0.0.1',
    servername: 'www.example.test',
    rejectUnauthorized: false,
    ALPNProtocols: ['acme-tls/1'],
  });
  onCleanup(t, () => void late.destroy());
  await once(late, 'secureConnect');
  assert.equal(late.alpnProtocol, false);
  assert.doesNotMatch(process.output, /handshake .* failed/);
});

withPebble('clients are served before there is a certificate, with a temporary one', async (t) => {
  const { port, process, server } = await start(t, { away: true });
  const client = await visit(t, port, 'www.example.test');
  assert.equal(client.getPeerCertificate().subject.CN, 'Headgate temporary certificate');
  client.write('hello');
  await (await server.next()).expect('hello');
  await process.says(/not obtained: localhost:\d+ cannot be reached: .*; there is none yet; next attempt/);
});

withPebble('a client that must show a certificate is no obstacle to the authority', async (t) => {
  const { caFile } = makeCertificates(t);
  const machine = await start(t, { service: { verify: 'required', CAfile: caFile } });
  await machine.process.says(/obtained, valid until/, 30_000);
});

withPebble('http-01 goes through the router to the socket of the terminator', async (t) => {
  const dir = new TempDir(t);
  const httpPort = await freePort();
  const socket = dir.join('acme.sock');
  const router = [
    'defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s',
    `frontend http\n bind 127.0.0.1:${httpPort}`,
    ' acl is_challenge path_beg /.well-known/acme-challenge/',
    ' http-request redirect scheme https unless is_challenge',
    ' use_backend acme if is_challenge',
    ` default_backend acme\nbackend acme\n server terminator unix@${socket}`,
  ];
  await startProgram(t, 'router', dir.write('router.cfg', `${router.join('\n')}\n`), [httpPort]);
  await issued(await start(t, { httpPort, tlsPort: 9, acme: { http: socket } }), t);
});

withPebble('with workers the primary answers http-01, and each worker serves what was issued', async (t) => {
  const httpPort = await freePort();
  const http = `127.0.0.1:${httpPort}`;
  await issued(await start(t, { httpPort, tlsPort: 9, acme: { http }, workers: 2 }), t);
});

withPebble('dns-01 sets a record with a program, also for a wildcard', async (t) => {
  const dir = new TempDir(t);
  const script = dir.join('dns');
  const log = dir.join('dns.log');
  const acme = { dns: script, dnsWait: '100ms', names: ['*.example.test', 'example.test'] };
  const later = await start(t, { acme, away: true });
  dir.write(
    'dns',
    `#!/bin/sh
echo "$1 $2" >> ${log}
case $1 in present) path=set-txt;; *) path=clear-txt;; esac
exec curl -sf -X POST -d "{\\"host\\":\\"$2\\",\\"value\\":\\"$3\\"}" http://127.0.0.1:${later.pebble.dnsManagement}/$path
`,
  );
  chmodSync(script, 0o755);
  await later.process.says(/not obtained/);
  await later.process.stop();
  await later.pebble.start();
  const process = await startProgram(t, 'terminator', forgetFailures(later), [later.port]);
  await issued({ ...later, process }, t, 'any.example.test');
  assert.deepEqual(
    readFileSync(log, 'utf8').trim().split('\n').toSorted(),
    ['cleanup', 'cleanup', 'present', 'present'].map((action) => `${action} _acme-challenge.example.test.`),
  );
});

withPebble('a challenge that fails is logged with the reason of the authority', async (t) => {
  const { process, port } = await start(t, { tlsPort: await freePort() });
  await process.says(
    /not obtained: tls-alpn-01 for (www\.)?example\.test: .*Failed to connect.*; next attempt/i,
    30_000,
  );
  assert.equal((await shown(t, port)).subject.CN, 'Headgate temporary certificate');
});

withPebble('an account is used again, and so is its certificate', async (t) => {
  const machine = await start(t);
  await issued(machine, t);
  const { fingerprint256 } = await shown(t, machine.port);
  const accounts = (): readonly string[] => machine.pebble.output.match(/There are now \d+ accounts in memory/g) ?? [];
  await machine.process.stop();
  const again = await startProgram(t, 'terminator', machine.file, [machine.port]);
  assert.equal((await shown(t, machine.port)).fingerprint256, fingerprint256);
  assert.doesNotMatch(again.output, /there is no certificate/);
  assert.equal(accounts().length, 1);
});

withPebble('an external account is bound; without one the reason is named', async (t) => {
  const dir = new TempDir(t);
  const secret = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
  const key = dir.write('eab.key', `${secret}\n`);
  await issued(await start(t, { external: { 'kid-1': secret }, acme: { external: { id: 'kid-1', key } } }), t);
  const without = await start(t, { external: { 'kid-1': secret } });
  await without.process.says(/not obtained: the authority wants an external account/);
});

/** The wait after a failure is over at once: as if minutes had passed. */
function forgetFailures({ dir, file }: Machine): string {
  const folder = dir.join('acme/certificates');
  for (const name of readdirSync(folder)) if (name.endsWith('.json')) dir.write(`acme/certificates/${name}`, '{}\n');
  return file;
}

/** Repeats what it hears. */
async function echo(t: TestContext): Promise<number> {
  const { port } = await listen(t, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  return port;
}

/** Sends a word and waits for its echo; rejects when the connection ends before. */
async function answers(client: TLSSocket, word: string): Promise<void> {
  client.write(word);
  let heard = '';
  while (heard.length < word.length) {
    const [chunk] = (await once(client, 'data', { signal: AbortSignal.timeout(60_000) })) as [Buffer];
    heard += chunk.toString();
  }
  assert.equal(heard, word);
}

withPebble('a renewal under load cuts no connection, and every visitor is served', async (t) => {
  const connect = `127.0.0.1:${await echo(t)}`;
  const machine = await start(t, { service: { connect } });
  await issued(machine, t);
  const { port, dir, process } = machine;
  const open = await Promise.all(Array.from({ length: 20 }, () => visit(t, port, 'www.example.test')));
  const before = (await shown(t, port)).fingerprint256;
  let over = false;
  let visits = 0;
  const visitors = Array.from({ length: 4 }, async () => {
    while (!over) {
      const client = await visit(t, port, 'www.example.test');
      await answers(client, `visit ${(visits += 1)}`);
      client.destroy();
    }
  });
  const [command, ...args] = [...SOURCES.terminator, 'ctl', '-s', dir.join('control.sock')];
  assert.equal((await run(t, command, [...args, 'acme', 'renew', 'www.example.test'])).code, 0);
  await process.says(/: renewed, valid until/, 30_000);
  await until('the renewed certificate', async () => (await shown(t, port)).fingerprint256 !== before);
  over = true;
  await Promise.all(visitors);
  assert.ok(visits > 4, String(visits));
  for (const client of open) await answers(client, 'still here');
  assert.match((await run(t, command, [...args, 'acme', 'status'])).stdout, /^www\.example\.test\twaiting\t/m);
  assert.equal((await run(t, command, [...args, 'acme', 'renew', 'other.test'])).code, 1);
});
