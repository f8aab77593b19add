import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { listen } from '../../../../../test/support/tcp.ts';
import { noUser, type Link, type LinkError } from '../link.ts';
import { dial } from './dial.ts';
import { gathered } from './gathered-writes.ts';
import { HandleLink } from './handle-link.ts';
import { streams, type Handle, type Request } from './handle.ts';
import { socketOf } from './plain-link.ts';
import { ReadMemory } from './read-memory.ts';
import { acceptedEnds } from './testing.ts';

/** All that a socket gets until its end. */
async function received(far: Socket): Promise<string> {
  let text = '';
  far.setEncoding('latin1').on('data', (more: string) => (text += more));
  await once(far, 'end');
  return text;
}

describe('bytes that are kept until the end of a turn', { timeout: 20_000 }, () => {
  before(() => void (gathered.always = true));
  after(() => void (gathered.always = false));

  for (const [how, act] of [
    ['ends', (link: Link) => link.end()],
    ['ends and closes', (link: Link) => link.closeSoon()],
    ['closes', (link: Link) => link.close()],
    ['ends once they have been taken', (link: Link) => link.whenTaken(() => link.end())],
    ["becomes a socket of Node's", (link: Link) => void socketOf(link).end()],
  ] satisfies [string, (link: Link) => void][])
    it(`leave before their link ${how}`, async (t) => {
      const { link, far } = await acceptedEnds(t);
      const text = received(far);
      assert.equal(link.write(Buffer.from('one ')), true);
      link.write(Buffer.from('two'));
      assert.equal(link.waiting, 0);
      act(link);
      assert.equal(await text, 'one two');
    });

  it('leave before the end of a link that writes and ends when it opens', async (t) => {
    const { server, port } = await listen(t);
    const connected = once(server, 'connection');
    const link = dial(
      { kind: 'tcp', host: '127.0.0.1', port },
      {
        ...noUser,
        opened() {
          link.write(Buffer.from('hello'));
          link.end();
        },
      },
    );
    t.after(() => link.close());
    const [far] = (await connected) as [Socket];
    assert.equal(await received(far), 'hello');
  });

  it('leave in order between others, larger ones and pairs', async (t) => {
    const [first, second] = [await acceptedEnds(t), await acceptedEnds(t)];
    const text = received(first.far);
    const large = 'x'.repeat(10_000);
    for (const bytes of ['a', 'b', large, 'c']) {
      first.link.write(Buffer.from(bytes));
      second.link.write(Buffer.from('between'));
    }
    first.link.write(Buffer.from('d'), Buffer.from('e'));
    first.link.end();
    assert.equal(await text, `ab${large}cde`);
  });

  it('close their link with the error of the system when nobody is there to take them', async (t) => {
    const { link, far } = await acceptedEnds(t);
    const closed = Promise.withResolvers<LinkError | undefined>();
    link.user = { ...noUser, closed: closed.resolve };
    far.resetAndDestroy();
    while (!link.vanished()) await turn();
    link.write(Buffer.from('lost'));
    assert.equal(link.closed, false);
    assert.match((await closed.promise)?.code ?? '', /^(EPIPE|ECONNRESET)$/);
  });

  it('are not cut off unseen: a link that closes before the system has taken them is reset', async () => {
    assert.ok(streams);
    const calls: string[] = [];
    const handle = {
      writeBuffer: (_request: Request, bytes: Buffer) => {
        calls.push(`write ${bytes.toString('latin1')}`);
        if (streams !== undefined) streams.streamBaseState[streams.kLastWriteWasAsync] = 1;
        return 0;
      },
      close: () => void calls.push('close'),
      reset: () => calls.push('reset'),
    };
    const link = new HandleLink(handle as unknown as Handle, noUser, {
      memory: new ReadMemory(false),
      connecting: false,
      readFirst: false,
      undelay: false,
    });
    const closed = Promise.withResolvers<void>();
    link.whenClosed = closed.resolve;
    link.write(Buffer.from('half a response'));
    assert.deepEqual(calls, []);
    link.close();
    assert.deepEqual(calls, ['write half a response', 'reset']);
    await closed.promise;
  });

  it('wait with their link when the other end does not read', async (t) => {
    const { link, far } = await acceptedEnds(t);
    far.pause();
    const piece = Buffer.alloc(4000, 'y');
    let sent = 0;
    while (link.waiting === 0) {
      link.write(piece);
      sent += piece.length;
      await turn();
    }
    while (!link.full) {
      link.write(piece);
      sent += piece.length;
    }
    let got = 0;
    far.on('data', (bytes: Buffer) => {
      assert.equal(
        bytes.every((byte) => byte === 121),
        true,
      );
      got += bytes.length;
    });
    far.resume();
    while (got < sent) await turn();
    assert.equal(link.full, false);
  });
});
