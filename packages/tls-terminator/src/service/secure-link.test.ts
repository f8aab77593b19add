import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { setImmediate as turn } from 'node:timers/promises';
import { conforms, Recorder } from '@headgate/shared/net/conformance';
import type { LinkUser, SecureLink } from '@headgate/shared/net/link';
import { createTlsServer } from '@headgate/shared/net/secure-transport';
import { Acceptor } from '@headgate/shared/net/transport';
import { ca, pem } from './fixtures/service.ts';
import { MOST_UNSENT } from './session.ts';

/** A TLS client of Node's at the other end. */
async function secured(
  t: TestContext,
  user: LinkUser,
  atOnce?: (raw: Socket) => void,
): Promise<{ link: SecureLink; far: TLSSocket; cut: () => void }> {
  const arrived = Promise.withResolvers<SecureLink>();
  const server = createTlsServer(
    { key: pem, cert: pem },
    {
      secured(link, below) {
        assert.ok(below !== undefined);
        link.user = user;
        atOnce?.(raw);
        arrived.resolve(link);
      },
      refused: arrived.reject,
    },
  );
  const acceptor = new Acceptor({ noDelay: true, shards: 1 }, (link) => server.secure(link), arrived.reject);
  t.after(() => acceptor.close());
  const address = await acceptor.listen({ host: '127.0.0.1', port: 0 });
  assert.ok(typeof address === 'object' && address !== null);
  const raw = tcpConnect({ host: '127.0.0.1', port: address.port });
  const far = connect({ socket: raw, ca, servername: 'localhost' });
  far.allowHalfOpen = true;
  await once(far, 'secureConnect');
  const link = await arrived.promise;
  t.after(() => {
    link.close();
    far.destroy();
    raw.destroy();
  });
  return { link, far, cut: () => void raw.resetAndDestroy() };
}

conforms('a TLS link', { open: secured, resets: true, startsPaused: true, addresses: true });

test('a TLS link tells what was agreed, and how many encrypted bytes came', async (t) => {
  const user = new Recorder();
  const { link, far } = await secured(t, user);
  user.link = link;
  const { facts } = link;
  assert.deepEqual([facts.version, facts.sni, facts.resumed], ['TLSv1.3', 'localhost', false]);
  const before = link.encrypted;
  link.resume();
  far.write('x'.repeat(1000));
  await user.until(() => user.bytes === 1000);
  assert.ok(link.encrypted - before > 1000);
});

test('a TLS link tells how many bytes its client has not read', async (t) => {
  const user = new Recorder();
  const { link, far } = await secured(t, user);
  user.link = link;
  far.pause();
  while (link.unsent <= MOST_UNSENT || link.waiting <= 4 * MOST_UNSENT) {
    link.write(Buffer.alloc(MOST_UNSENT + 1));
    await turn();
  }
  assert.ok(link.stuck);
});

test('a TLS link whose client resets within the handshake is gone, though what is written never leaves and its end neither', async (t) => {
  const user = new Recorder();
  // The session tickets are the first bytes to meet the reset: the failure of their write calls nobody.
  const { link } = await secured(t, user, (raw) => void raw.resetAndDestroy());
  user.link = link;
  link.resume();
  await user.until(() => user.count('ended') === 1);
  link.write(Buffer.from('an answer'));
  link.end();
  for (let turns = 0; turns < 10; turns += 1) await turn();
  assert.equal(user.count('closed'), 0);
  assert.equal(link.vanished(), true);
});
