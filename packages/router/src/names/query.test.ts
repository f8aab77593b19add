import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../backend/testing.ts';
import { newNameserverCounters } from './nameserver.ts';
import { Query, type Asked, type Outcome } from './query.ts';

/** A name server whose answers a test writes. */
class Scripted implements Asked {
  readonly config: { name: string };
  readonly counters = newNameserverCounters();
  readonly open = new Map<number, (message: Buffer) => void>();
  /** The types that were asked for. */
  readonly asked: number[] = [];
  last: Buffer = Buffer.alloc(0);

  constructor(name: string) {
    this.config = { name };
  }

  has(id: number): boolean {
    return this.open.has(id);
  }

  send(id: number, message: Buffer, answered: (message: Buffer) => void): void {
    this.open.set(id, answered);
    this.last = message;
    this.asked.push(message.readUInt16BE(message.length - 15));
  }

  forget(id: number): void {
    this.open.delete(id);
  }

  /** Answers the last query: with an address, or with a response code. */
  answer(code: number, address?: readonly number[]): void {
    const reply = Buffer.from(this.last.subarray(0, this.last.length - 11));
    reply.writeUInt16BE(0x8180 | code, 2);
    reply.writeUInt16BE(address === undefined ? 0 : 1, 6);
    reply.writeUInt16BE(0, 10);
    const type = this.last.readUInt16BE(this.last.length - 15);
    const record = address === undefined ? [] : [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length, ...address];
    this.deliver(Buffer.concat([reply, Buffer.from(record)]));
  }

  deliver(message: Buffer): void {
    this.open.get(this.last.readUInt16BE(0))?.(message);
  }
}

const [A, AAAA] = [1, 28];
const settings = { retries: 2, retry: 1000, payload: 512 };

function started(servers: readonly Scripted[], type: 'A' | 'AAAA' | 'SRV' = 'A') {
  const clock = new FakeClock();
  const outcomes: Outcome[] = [];
  const query = new Query(servers, { name: 'app.test', type }, settings, clock, (outcome) => outcomes.push(outcome));
  return { clock, outcomes, query };
}

test('all name servers are asked at once, and the first valid response counts', () => {
  const [slow, fast] = [new Scripted('slow'), new Scripted('fast')];
  const { outcomes } = started([slow, fast]);
  assert.deepEqual([slow.asked, fast.asked], [[A], [A]]);
  fast.answer(0, [10, 0, 0, 1]);
  slow.answer(0, [10, 0, 0, 2]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'valid' && [outcome.by.config.name, outcome.records]),
    [['fast', [{ type: 'A', address: '10.0.0.1' }]]],
  );
  assert.deepEqual([fast.counters.valid, slow.counters.valid, slow.open.size], [1, 0, 0]);
});

test('one that refuses waits for the others', () => {
  const [bad, good] = [new Scripted('bad'), new Scripted('good')];
  const { outcomes } = started([bad, good]);
  bad.answer(5);
  assert.equal(outcomes.length, 0);
  good.answer(0, [10, 0, 0, 1]);
  assert.equal(outcomes[0]?.status, 'valid');
  assert.equal(bad.counters.refused, 1);
});

test('when all refuse, the other family is asked for at once, then the next round begins', () => {
  const server = new Scripted('one');
  const { clock, outcomes } = started([server], 'AAAA');
  server.answer(0);
  server.answer(3);
  assert.deepEqual([server.asked, outcomes], [[AAAA, A], []]);
  clock.pass(1000);
  server.answer(3);
  server.answer(3);
  assert.deepEqual([server.asked, outcomes], [[AAAA, A, AAAA, A], [{ status: 'nx' }]]);
  assert.deepEqual([server.counters.nx, server.counters.any_err], [3, 1]);
});

test('silence is asked again as often as resolve_retries says, and is a timeout', () => {
  const server = new Scripted('one');
  const { clock, outcomes } = started([server]);
  clock.pass(999);
  assert.deepEqual(server.asked, [A]);
  clock.pass(1001);
  assert.deepEqual([server.asked, outcomes], [[A, A], [{ status: 'timeout' }]]);
  assert.deepEqual([server.counters.timeout, server.open.size, clock.pending], [2, 0, 0]);
});

test('an SRV record has no other family', () => {
  const server = new Scripted('one');
  const { clock, outcomes } = started([server], 'SRV');
  server.answer(3);
  assert.deepEqual([server.asked, outcomes], [[33], []]);
  clock.pass(1000);
  server.answer(3);
  assert.deepEqual(outcomes, [{ status: 'nx' }]);
});

test('a name server is heard once for a query: what follows is no answer', () => {
  const server = new Scripted('one');
  const { outcomes } = started([server, new Scripted('silent')]);
  server.deliver(Buffer.alloc(40));
  server.answer(0, [6, 6, 6, 6]);
  assert.deepEqual([outcomes, server.counters.invalid, server.counters.valid], [[], 1, 0]);
});

test('nothing comes after cancel', () => {
  const server = new Scripted('one');
  const { clock, query, outcomes } = started([server]);
  query.cancel();
  clock.pass(10_000);
  assert.deepEqual([outcomes, server.open.size, clock.pending], [[], 0, 0]);
});
