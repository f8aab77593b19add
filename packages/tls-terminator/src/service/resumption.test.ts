import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import type { SecureVersion } from 'node:tls';
import type { Verification } from '../model/snapshot.ts';
import { ca, noVerification, pem, readAll, startService, tcp } from './fixtures/service.ts';

/** What three clients of a service with `client = yes` get from a server that says whether it resumed a session; '' for nothing. */
async function answersOf(t: TestContext, maxVersion: SecureVersion, verification: Partial<Verification>) {
  const resumed: boolean[] = [];
  const server = createServer({ key: pem, cert: pem, maxVersion }, (socket) => {
    resumed.push(socket.isSessionReused());
    socket.on('error', () => {});
    socket.end(socket.isSessionReused() ? 'resumed' : 'new');
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const { port } = await startService(t, {
    connects: [tcp(typeof address === 'object' && address !== null ? address.port : 0)],
    tls: undefined,
    outbound: {
      secureContext: { ca: [ca] },
      verification: { ...noVerification, chain: true, ...verification },
      serverName: 'localhost',
      alpn: [],
      sessionResume: true,
      preSharedKey: undefined,
    },
  });
  const answers: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const client = connect(port, '127.0.0.1');
    answers.push(await readAll(client).then(String, () => ''));
    client.destroy();
  }
  return { answers, resumed };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a server that resumes a session (${version}) is the one whose certificate was accepted when it began`, async (t) => {
    const { answers } = await answersOf(t, version, { hosts: ['localhost'] });
    assert.deepEqual(answers, ['new', 'resumed', 'resumed']);
  });

  test(`the session of a server that was refused (${version}) is not resumed`, async (t) => {
    const { answers, resumed } = await answersOf(t, version, { hosts: ['other.test'] });
    assert.deepEqual([answers, resumed.includes(true)], [['', '', ''], false]);
  });
}
