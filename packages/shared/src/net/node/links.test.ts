import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext } from 'node:test';
import { dial as dialRaw, listen } from '../../../../../test/support/tcp.ts';
import { conforms, type Ends, type Kind } from '../conformance.ts';
import { noUser, type Link, type LinkUser } from '../link.ts';
import { Acceptor } from './acceptor.ts';
import { dial } from './dial.ts';
import { gathered } from './gathered-writes.ts';

function unixPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'link-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'socket');
}

/** Node's own socket at the other end of an accepted link. */
async function accepted(t: TestContext, user: LinkUser, path?: string, lending = true): Promise<Ends> {
  const arrived = Promise.withResolvers<Link>();
  const acceptor = new Acceptor(
    { noDelay: true, shards: 1, lending },
    (link) => {
      link.user = user;
      arrived.resolve(link);
    },
    arrived.reject,
  );
  t.after(() => acceptor.close());
  const address = await acceptor.listen(path === undefined ? { host: '127.0.0.1', port: 0 } : { path });
  const far = await dialRaw(t, path === undefined ? { port: (address as AddressInfo).port } : { path });
  const link = await arrived.promise;
  t.after(() => link.close());
  return { link, far };
}

/** Node's own server at the other end of a dialled link. */
async function dialled(t: TestContext, user: LinkUser, path?: string, secured = false): Promise<Ends> {
  const { server, port } = await listen(t, undefined, path === undefined ? {} : { path });
  const opened = Promise.withResolvers<void>();
  const connected = once(server, 'connection');
  const link = dial(
    path === undefined ? { kind: 'tcp', host: '127.0.0.1', port } : { kind: 'unix', path },
    { ...noUser, opened: opened.resolve },
    { secured },
  );
  const [[far]] = (await Promise.all([connected, opened.promise])) as [[Socket], void];
  link.user = user;
  t.after(() => link.close());
  return { link, far };
}

const onHandles: Readonly<Record<string, Kind>> = {
  'a TCP link that was accepted': {
    open: (t, user) => accepted(t, user),
    resets: true,
    startsPaused: true,
    addresses: true,
  },
  'a unix link that was accepted': {
    open: (t, user) => accepted(t, user, unixPath(t)),
    resets: false,
    startsPaused: true,
    addresses: false,
  },
  'a TCP link that was dialled': {
    open: (t, user) => dialled(t, user),
    resets: true,
    startsPaused: false,
    addresses: true,
  },
  'a unix link that was dialled': {
    open: (t, user) => dialled(t, user, unixPath(t)),
    resets: false,
    startsPaused: false,
    addresses: false,
  },
};

for (const [title, kind] of Object.entries(onHandles)) conforms(title, kind);

describe('small writes that are kept until the end of a turn', () => {
  before(() => void (gathered.always = true));
  after(() => void (gathered.always = false));
  for (const [title, kind] of Object.entries(onHandles)) conforms(`${title}, gathered`, kind);
});

conforms("a TCP link on a socket of Node's", {
  open: (t, user) => dialled(t, user, undefined, true),
  resets: true,
  startsPaused: false,
  addresses: true,
});
