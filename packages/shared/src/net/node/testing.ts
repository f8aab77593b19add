/** Shared by the tests of links. */
import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { dial as dialRaw } from '../../../../../test/support/tcp.ts';
import type { Link } from '../link.ts';
import { Acceptor } from './acceptor.ts';
import { HandleLink } from './handle-link.ts';

/** Both ends of an accepted connection. */
export async function acceptedEnds(t: TestContext, host = '127.0.0.1'): Promise<{ link: Link; far: Socket }> {
  const arrived = Promise.withResolvers<Link>();
  const acceptor = new Acceptor({ noDelay: true, shards: 1, lending: true }, arrived.resolve, arrived.reject);
  t.after(() => acceptor.close());
  const { port } = (await acceptor.listen({ host, port: 0 })) as AddressInfo;
  const far = await dialRaw(t, { port });
  const link = await arrived.promise;
  t.after(() => link.close());
  assert.ok(link instanceof HandleLink);
  return { link, far };
}
