import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectUnix } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import type { SecureVersion } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/process.ts';
import { missing, startProgram } from '../../support/programs.ts';
import { forEachTerminator } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { TempDir } from '../../support/temp.ts';
import { settled } from '../../support/until.ts';

const service = [
  'ticketKeySecret = 00112233445566778899aabbccddeeff',
  'ticketMacSecret = ffeeddccbbaa99887766554433221100',
];

for (const version of ['TLSv1.2', 'TLSv1.3'] satisfies SecureVersion[]) {
  forEachTerminator(
    `${version} sessions are resumed on another machine with the same ticket secrets`,
    async (t, terminator) => {
      const app = await startApp(t);
      const [one, other] = [
        await startTerminating(t, terminator, { connect: app.port, service }),
        await startTerminating(t, terminator, { connect: app.port, service }),
      ];
      const options = { host: '127.0.0.1', minVersion: version, maxVersion: version, rejectUnauthorized: false };
      const first = connect({ ...options, port: one.port });
      onCleanup(t, () => void first.destroy());
      const [session] = (await settled('a ticket', once(first, 'session'))) as [Buffer];
      const second = connect({ ...options, port: other.port, session });
      onCleanup(t, () => void second.destroy());
      await settled('the handshake', once(second, 'secureConnect'));
      assert.ok(second.isSessionReused());
    },
  );
}

const newKey = (): string => randomBytes(48).toString('base64');

/** A program that terminates TLS with the ticket keys of a file. */
async function startWithKeys(t: TestContext, program: 'haproxy' | 'terminator', keys: readonly string[], app: number) {
  const dir = new TempDir(t);
  const port = await freePort();
  const [socket, file] = [dir.join('control.sock'), dir.write('keys', `${keys.join('\n')}\n`)];
  const { keyAndCertFile } = makeCertificates(t);
  const lines =
    program === 'terminator'
      ? [
          `stats socket = ${socket} level admin`,
          `cert = ${keyAndCertFile}`,
          `ticketKeys = ${file}`,
          '[https]',
          `accept = 127.0.0.1:${port}`,
          `connect = 127.0.0.1:${app}`,
        ]
      : [
          'global',
          `  stats socket ${socket} level admin`,
          'defaults',
          '  timeout client 9s',
          '  timeout server 9s',
          '  timeout connect 9s',
          'listen https',
          `  bind 127.0.0.1:${port} ssl crt ${keyAndCertFile} tls-ticket-keys ${file}`,
          `  server app 127.0.0.1:${app}`,
        ];
  const name = program === 'terminator' ? 'stunnel.conf' : 'haproxy.cfg';
  await startProgram(t, program, dir.write(name, `${lines.join('\n')}\n`), [port]);
  const ask = async (line: string): Promise<string> => {
    const client = connectUnix(socket);
    client.end(`${line}\n`);
    return (await settled('an answer', text(client))).trim();
  };
  return {
    port,
    file,
    ask,
    rotate: async (key: string): Promise<void> =>
      assert.equal(await ask(`set ssl tls-key ${file} ${key}`), 'TLS ticket key updated!'),
  };
}

/** What openssl says of one connection, whose session it reads from one file and writes to another. */
async function visit(t: TestContext, port: number, ...options: readonly string[]): Promise<string> {
  const script = 'printf \'GET / HTTP/1.0\\r\\n\\r\\n\' | openssl s_client -ign_eof "$@"';
  const { stdout } = await run(t, 'sh', ['-c', script, '-', '-connect', `127.0.0.1:${port}`, ...options]);
  return /^(New|Reused), /m.exec(stdout)?.[1] ?? stdout;
}

for (const program of ['haproxy', 'terminator'] as const)
  test(
    `keys of tickets from a file are rotated without voiding what was made before, and shared between machines (${program})`,
    { skip: missing(program, 'openssl') },
    async (t) => {
      const app = await startApp(t);
      const keys = [newKey(), newKey(), newKey()];
      const [one, other] = [
        await startWithKeys(t, program, keys, app.port),
        await startWithKeys(t, program, keys, app.port),
      ];
      const tickets = new TempDir(t);
      const versions = ['tls1_2', 'tls1_3'];
      const taken = (name: string): string => tickets.join(name);
      for (const version of versions)
        assert.equal(await visit(t, one.port, `-${version}`, '-sess_out', taken(version)), 'New');
      for (const version of versions)
        assert.equal(await visit(t, other.port, `-${version}`, '-sess_in', taken(version)), 'Reused', version);
      await one.rotate(newKey());
      for (const version of versions) {
        assert.equal(await visit(t, one.port, `-${version}`, '-sess_in', taken(version)), 'Reused', version);
        // It is made with the key that the other machine knows and does not use yet.
        const later = taken(`${version}.later`);
        assert.equal(await visit(t, one.port, `-${version}`, '-sess_out', later), 'New');
        assert.equal(await visit(t, other.port, `-${version}`, '-sess_in', later), 'Reused', version);
      }
      await one.rotate(newKey());
      for (const version of versions) {
        assert.equal(await visit(t, one.port, `-${version}`, '-sess_in', taken(version)), 'New', version);
        assert.equal(await visit(t, one.port, `-${version}`, '-sess_in', taken(`${version}.later`)), 'Reused');
      }
      const shown = await one.ask('show tls-keys *');
      assert.equal(shown.split('\n').length, 5);
      assert.match(shown, new RegExp(`^# id secret\n# 0 \\(${one.file}\\)\n0\\.0 ${escaped(keys[2] ?? '')}$`, 'm'));
      assert.deepEqual(await answers(one), [
        `# id (file)\n0 (${one.file})`,
        shown,
        "'show tls-keys' unable to locate referenced filename",
        "'set ssl tls-key' unable to locate referenced filename",
        "'set ssl tls-key' expects a filename and the new TLS key in base64 encoding.",
        "'set ssl tls-key' received invalid base64 encoded TLS key.",
      ]);
    },
  );

async function answers({ ask }: { readonly ask: (line: string) => Promise<string> }): Promise<readonly string[]> {
  const said: string[] = [];
  for (const line of [
    'show tls-keys',
    'show tls-keys #0',
    'show tls-keys 5',
    'set ssl tls-key nowhere abc',
    'set ssl tls-key #0',
    'set ssl tls-key #0 abc',
  ])
    said.push(await ask(line));
  return said;
}

const escaped = (key: string): string => key.replaceAll(/[+/]/g, '\\$&');
