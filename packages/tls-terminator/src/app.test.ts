import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { Reads } from '@headgate/shared/process/reads';
import { app } from './app.ts';
import { ensureDevelopmentCertificate } from './certificate/development.ts';
import { Lines } from './service/fixtures/lines.ts';
import { listen } from '../../../test/support/tcp.ts';

const secrets =
  'ticketKeySecret = 00112233445566778899aabbccddeeff\nticketMacSecret = ffeeddccbbaa99887766554433221100\n';

test("a configuration in stunnel's words is served: bytes pass, lines go to the file of `output`, and a drain leaves nothing", (t) =>
  serves(t, ''));

test('sessions are resumed where they were made, also when services share their ticket secrets', (t) =>
  serves(t, secrets));

async function serves(t: TestContext, tickets: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'terminator-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { bundleFile, caFile } = await ensureDevelopmentCertificate({ directory: folder, names: ['localhost'] });
  const { port: plain } = await listen(t, (socket) => socket.end('plain bytes'));
  const output = join(folder, 'log');
  const file = join(folder, 'stunnel.conf');
  // The second service is quieter than the first.
  const both = `connect = 127.0.0.1:${plain}\naccept = 127.0.0.1:0\n`;
  await writeFile(
    file,
    `cert = ${bundleFile}\n${tickets}output = ${output}\n[one]\n${both}[two]\n${both}debug = err\n`,
  );

  const { snapshot, problems } = await app.load([file], new Reads());
  assert.ok(snapshot, JSON.stringify(problems));
  const shell = new Lines();
  const running = await app.start(snapshot, {
    logger: shell,
    reload: () => assert.fail('nothing asks for it'),
    replace: () => assert.fail('nor for this'),
    renew: () => assert.fail('nor for this'),
    upgrade: () => assert.fail('nor for this'),
    processes: () => [],
  });
  t.after(() => running.close());
  assert.equal(running.addresses.length, 2);
  const ca = await readFile(caFile, 'utf8');
  const [one, two] = running.addresses.map((where) => Number(where.split(':')[1]));
  let session: Buffer | undefined;
  for (const [port, resumes] of [
    [one, false],
    [one, true],
    [two, false],
  ] as const) {
    const client = connect({
      host: '127.0.0.1',
      port,
      ca,
      servername: 'localhost',
      ...(session === undefined ? {} : { session }),
    });
    client.on('session', (ticket: Buffer) => (session = ticket));
    let text = '';
    client.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(client, 'secureConnect');
    assert.equal(client.isSessionReused(), resumes, 'a ticket is good at the service that gave it');
    await once(client, 'close');
    assert.equal(text, 'plain bytes');
  }
  await running.drain();
  const logged = await readFile(output, 'utf8');
  assert.match(logged, /Service \[one\] accepted connection/);
  assert.match(logged, /Connection closed: 11 byte\(s\) sent to TLS, 0 byte\(s\) sent to socket: the server ended it/);
  assert.doesNotMatch(logged, /Service \[two\]/);
  assert.deepEqual(shell.list, [], 'with `output` and no `foreground`, services are silent on standard error');
}
