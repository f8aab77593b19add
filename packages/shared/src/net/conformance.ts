/**
 * What every link must do, whatever its socket and its runtime are (link.ts). All in one file because it is one specification, which
 * is read beside link.ts.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Link, LinkError, LinkUser } from './link.ts';

export interface Ends {
  readonly link: Link;
  /** The other end: a socket of Node's, half-open. */
  readonly far: Socket;
  /** Resets from there. */
  readonly cut?: () => void;
}

export interface Kind {
  /** An open link whose user is `user` from its first report on, and its other end. Both end with the test. */
  open(t: TestContext, user: LinkUser): Promise<Ends>;
  /** The reset of one end is seen as one by the other: not on unix sockets. */
  readonly resets: boolean;
  /** It starts paused: accepted, not dialled. */
  readonly startsPaused: boolean;
  /** It has addresses: not unix sockets. */
  readonly addresses: boolean;
}

const DEADLINE = { timeout: 20_000 };
/** How long something that must happen is waited for, in milliseconds. */
const PATIENCE = 5000;
/** More than any system keeps for a peer that does not read. */
const LARGE = 16 * 1024 * 1024;

/** Records what a link reports, and that it does so in the order link.ts promises. */
export class Recorder implements LinkUser {
  link: Link | undefined = undefined;
  text = '';
  bytes = 0;
  readonly reports: string[] = [];
  error: LinkError | undefined = undefined;
  onData: (chunk: Buffer) => boolean = () => false;
  #inside = false;

  opened(): void {
    this.#report('opened');
  }

  data(chunk: Buffer): boolean {
    assert.equal(this.link?.paused ?? false, false, 'data while paused');
    assert.ok(chunk.length > 0);
    this.#report('data');
    this.bytes += chunk.length;
    this.text += chunk.toString('latin1');
    return this.onData(chunk);
  }

  ended(): void {
    assert.equal(this.count('ended'), 0, 'ended twice');
    assert.equal(this.link?.readEnded, true);
    this.#report('ended');
  }

  drained(): void {
    assert.equal(this.link?.full, false);
    assert.equal(this.link?.waiting, 0);
    this.#report('drained');
  }

  closed(error: LinkError | undefined): void {
    assert.equal(this.link?.closed ?? true, true);
    this.#report('closed');
    this.error = error;
  }

  /** Calls a method of the link, which must not call back before it returns. */
  asks<T>(verb: (link: Link) => T): T {
    assert.ok(this.link !== undefined);
    this.#inside = true;
    try {
      return verb(this.link);
    } finally {
      this.#inside = false;
    }
  }

  count(report: string): number {
    return this.reports.filter((each) => each === report).length;
  }

  async until(holds: () => boolean): Promise<void> {
    for (const start = performance.now(); !holds(); await turn())
      if (performance.now() - start > PATIENCE) throw new Error(`waited in vain; reports: ${this.reports.join(' ')}`);
  }

  async gone(): Promise<void> {
    await this.until(() => this.count('closed') === 1);
    await turn();
    await turn();
    assert.equal(this.reports.at(-1), 'closed');
  }

  #report(report: string): void {
    assert.equal(this.#inside, false, `${report} from within a method of the link`);
    assert.notEqual(this.reports.at(-1), 'closed', `${report} after closed`);
    this.reports.push(report);
  }
}

/** A generator of whole numbers below `limit` that repeats itself for a seed. */
function chance(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Bytes that tell where in the stream they belong. */
function numbered(from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = ((from + at) * 31 + ((from + at) >>> 8)) & 255;
  return bytes;
}

export function conforms(title: string, kind: Kind): void {
  async function open(t: TestContext): Promise<{ user: Recorder; link: Link; far: Socket; cut: () => void }> {
    const user = new Recorder();
    const { link, far, cut = () => void far.resetAndDestroy() } = await kind.open(t, user);
    user.link = link;
    far.on('error', () => undefined);
    return { user, link, far, cut };
  }

  describe(title, DEADLINE, () => {
    it('reads nothing before it is resumed, if it was accepted', async (t) => {
      const { user, link, far } = await open(t);
      assert.equal(link.paused, kind.startsPaused);
      far.write('hello');
      if (kind.startsPaused) {
        for (let turns = 0; turns < 5; turns += 1) await turn();
        assert.equal(user.text, '');
        user.asks(() => link.resume());
      }
      await user.until(() => user.text === 'hello');
    });

    it('passes bytes on as they are in both directions, whatever the sizes, pauses and resumes', async (t) => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      t.diagnostic(`seed ${seed}`);
      const random = chance(seed);
      const { user, link, far } = await open(t);
      const received: Buffer[] = [];
      const [up, down] = [1_000_000 + random(500_000), 1_000_000 + random(500_000)];
      let due = false;
      user.text = '';
      user.onData = (chunk) => {
        const at = user.bytes - chunk.length;
        assert.ok(chunk.equals(numbered(at, chunk.length)), `seed ${seed}: other bytes from ${at} on`);
        user.text = '';
        if (random(3) !== 0) return false;
        user.asks(() => link.pause());
        if (!due) setImmediate(() => ((due = false), user.asks(() => link.resume())));
        due = true;
        return false;
      };
      far.on('data', (chunk: Buffer) => {
        received.push(chunk);
        if (random(4) !== 0) return;
        far.pause();
        setImmediate(() => far.resume());
      });
      link.resume();
      for (let sent = 0; sent < up;) {
        const length = Math.min(up - sent, 1 + random(random(2) === 0 ? 200 : 150_000));
        if (!far.write(numbered(sent, length))) await once(far, 'drain');
        sent += length;
      }
      for (let sent = 0; sent < down;) {
        const length = Math.min(down - sent, 2 + random(random(2) === 0 ? 200 : 90_000));
        const bytes = numbered(sent, length);
        const half = random(length);
        const two = random(2) === 0;
        if (!user.asks(() => (two ? link.write(bytes.subarray(0, half), bytes.subarray(half)) : link.write(bytes))))
          await user.until(() => !link.full);
        sent += length;
      }
      await user.until(() => user.bytes === up);
      const sum = (): number => received.reduce((all, { length }) => all + length, 0);
      await user.until(() => sum() === down);
      assert.ok(Buffer.concat(received).equals(numbered(0, down)), `seed ${seed}`);
      far.end();
      await user.until(() => user.count('ended') === 1);
      user.asks(() => link.end());
      await user.gone();
      assert.equal(user.error, undefined);
    });

    it('lends memory that may be held while it is bulk', async (t) => {
      const { user, link, far } = await open(t);
      link.bulk = true;
      const held: Buffer[] = [];
      user.onData = (chunk) => {
        held.push(chunk);
        return true;
      };
      link.resume();
      for (let piece = 0; piece < 40; piece += 1) {
        far.write(numbered(piece * 5000, 5000));
        await turn();
      }
      await user.until(() => user.bytes === 200_000);
      assert.ok(Buffer.concat(held).equals(numbered(0, 200_000)));
    });

    it('reads on after its own end, writes on after that of the other side, and closes by itself after both', async (t) => {
      const first = await open(t);
      first.link.resume();
      let left = 0;
      first.far.resume();
      first.user.asks(() => first.link.write(Buffer.from('request')));
      first.user.asks(() => first.link.end(() => (left += 1)));
      assert.equal(first.link.writeEnded, true);
      await once(first.far, 'end');
      assert.deepEqual([left, first.link.ending], [1, false]);
      first.far.end('late answer');
      await first.user.gone();
      assert.deepEqual([first.user.text, first.user.error], ['late answer', undefined]);

      const second = await open(t);
      second.link.resume();
      second.far.end('request');
      await second.user.until(() => second.user.count('ended') === 1);
      assert.equal(second.link.closed, false);
      const answer = once(second.far, 'data');
      second.user.asks(() => second.link.write(Buffer.from('late answer')));
      assert.equal(String((await answer)[0]), 'late answer');
      second.user.asks(() => second.link.end());
      await second.user.gone();
      assert.equal(second.user.error, undefined);
    });

    it('stops the writer of more than 64 KiB, and reports when all of it has been taken', async (t) => {
      const { user, link, far } = await open(t);
      link.resume();
      far.pause();
      assert.deepEqual([link.full, link.waiting], [false, 0]);
      assert.equal(
        user.asks(() => link.write(Buffer.alloc(LARGE))),
        false,
      );
      let taken = 0;
      user.asks(() => link.whenTaken(() => (taken = link.waiting + 1)));
      await turn();
      assert.equal(link.full, true);
      assert.ok(link.waiting > 0);
      assert.deepEqual([user.count('drained'), taken], [0, 0]);
      far.resume();
      await user.until(() => user.count('drained') === 1);
      assert.deepEqual([link.full, link.waiting, taken], [false, 0, 1]);
    });

    it('keeps copied bytes apart from the memory they came from, and gives given memory back no sooner than it left', async (t) => {
      const { user, link, far } = await open(t);
      link.resume();
      const received: Buffer[] = [];
      far.on('data', (chunk: Buffer) => received.push(chunk));
      const memory = Buffer.alloc(48 * 1024);
      let expected = 0;
      let taken = 0;
      for (const length of [10, 30_000, 48 * 1024, 5000, 40_000]) {
        numbered(expected, length).copy(memory);
        user.asks(() => link.copy(memory.subarray(0, length), () => (taken += 1)));
        memory.fill(0);
        expected += length;
      }
      for (const length of [100, 20_000]) {
        user.asks(() => link.give(numbered(expected, length)));
        expected += length;
      }
      const sum = (): number => received.reduce((all, { length }) => all + length, 0);
      await user.until(() => sum() === expected && taken === 5);
      assert.ok(Buffer.concat(received).equals(numbered(0, expected)));
    });

    it('delivers what waits and ends before it closes soon, whether the other side ends or not', async (t) => {
      const { user, link, far } = await open(t);
      link.resume();
      let received = 0;
      far.on('data', (chunk: Buffer) => (received += chunk.length));
      user.asks(() => link.write(Buffer.alloc(3_000_000)));
      user.asks(() => link.closeSoon());
      await once(far, 'end');
      assert.equal(received, 3_000_000);
      await user.gone();
    });

    it('reports closed once after close, swallows what is written then, and keeps its addresses', async (t) => {
      const { user, link, far } = await open(t);
      const { peer, local } = link;
      assert.equal(peer.address !== '', kind.addresses);
      let taken = 0;
      far.pause();
      user.asks(() => link.write(Buffer.alloc(LARGE)));
      user.asks(() => link.whenTaken(() => (taken += 1)));
      let last = '';
      link.whenClosed = () => (last = user.reports.at(-1) ?? '');
      user.asks(() => link.close());
      assert.deepEqual([link.closed, link.full], [true, false]);
      user.asks(() => link.write(Buffer.from('too late')));
      user.asks(() => link.close());
      user.asks(() => link.reset());
      user.asks(() => link.pause());
      user.asks(() => link.resume());
      await user.gone();
      assert.deepEqual([last, taken, user.error], ['closed', 0, undefined]);
      assert.deepEqual([link.peer, link.local], [peer, local]);
    });

    it('gives its reports to whom it belongs', async (t) => {
      const { user, link, far } = await open(t);
      link.resume();
      far.write('first');
      await user.until(() => user.text === 'first');
      const other = new Recorder();
      other.link = link;
      link.user = other;
      far.end('second');
      await other.until(() => other.count('ended') === 1);
      assert.deepEqual([user.text, other.text], ['first', 'second']);
    });

    // Unix sockets know no resets: there is nothing to test.
    const ofResets = kind.resets ? it : (): void => {};
    ofResets('is reset by the other side, and resets it', async (t) => {
      const first = await open(t);
      first.link.resume();
      // Before the first bytes a TLS handshake may still be writing: what a write meets first is reported as an end.
      first.far.write('hello');
      await first.user.until(() => first.user.text === 'hello');
      first.cut();
      await first.user.gone();
      assert.equal(first.user.error?.code, 'ECONNRESET');

      const second = await open(t);
      second.far.resume();
      const failing = once(second.far, 'error');
      second.user.asks(() => second.link.reset());
      const [failure] = (await failing) as [LinkError];
      await second.user.gone();
      assert.equal(failure.code, 'ECONNRESET');
      assert.equal(second.user.error, undefined);
    });

    ofResets('can be asked whether it is gone while it is not read', async (t) => {
      const { link, far, cut } = await open(t);
      link.pause();
      far.write('unread');
      await turn();
      assert.equal(link.vanished(), false);
      cut();
      while (!link.vanished()) await turn();
    });

    it('reports no end and no bytes while it is paused', async (t) => {
      const { user, link, far } = await open(t);
      link.pause();
      far.end('at the end');
      for (let turns = 0; turns < 10; turns += 1) await turn();
      assert.deepEqual([user.count('data'), user.count('ended')], [0, 0]);
      user.asks(() => link.resume());
      await user.until(() => user.count('ended') === 1);
      assert.equal(user.text, 'at the end');
    });

    it('keeps its promises whatever is asked of it, in any order', async (t) => {
      for (let round = 0; round < 30; round += 1) {
        const seed = Math.floor(Math.random() * 2 ** 32);
        const random = chance(seed);
        const { user, link, far } = await open(t);
        const steps: Record<string, () => unknown> = {
          resume: () => user.asks(() => link.resume()),
          pause: () => user.asks(() => link.pause()),
          write: () => link.writeEnded || user.asks(() => link.write(Buffer.alloc(1 + random(100_000)))),
          farWrite: () => far.writable && far.write(Buffer.alloc(1 + random(100_000))),
          farResume: () => far.resume(),
          farPause: () => far.pause(),
          farEnd: () => random(4) === 0 && far.end(),
          end: () => link.writeEnded || (random(4) === 0 && user.asks(() => link.end())),
          close: () => random(8) === 0 && user.asks(() => link.close()),
          reset: () => random(8) === 0 && user.asks(() => link.reset()),
          closeSoon: () => random(8) === 0 && user.asks(() => link.closeSoon()),
          farClose: () => random(8) === 0 && far.destroy(),
          turn: () => turn(),
        };
        const names = Object.keys(steps);
        const done: string[] = [];
        try {
          for (let step = 0; step < 40; step += 1) {
            const name = names[random(names.length)] ?? '';
            done.push(name);
            if ((await steps[name]?.()) === false) done.pop();
          }
          user.asks(() => link.close());
          await user.gone();
          assert.equal(user.count('closed'), 1);
        } catch (error) {
          throw new Error(`seed ${seed}: ${done.join(' ')}`, { cause: error });
        }
      }
    });
  });
}
