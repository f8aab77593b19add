import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { acceptOlderTickets } from './ticket-keys.ts';

type Hook = (name: Buffer, iv: Buffer, encrypting: boolean) => readonly (number | Buffer)[];

const [current, older] = [Buffer.alloc(48, 1), Buffer.alloc(48, 2)];
const part = (fill: number): Buffer => Buffer.alloc(16, fill);

test('this Node.js accepts tickets of several keys: those of the older ones are renewed, unknown ones refused', () => {
  const context = createSecureContext();
  assert.equal(acceptOlderTickets(context, [current, older]), true);
  const hook = Reflect.get(context.context as object, 'onticketkeycallback') as Hook;
  const iv = part(9);
  const made = hook(part(0), iv, true);
  assert.deepEqual(made.slice(0, 4), [1, part(1), part(1), part(1)]);
  assert.notDeepEqual(made[4], hook(part(0), iv, true)[4], 'each ticket has an IV of its own');
  assert.deepEqual(hook(part(1), iv, false), [1, part(1), part(1)]);
  assert.deepEqual(hook(part(2), iv, false), [2, part(2), part(2)]);
  assert.equal(hook(part(3), iv, false)[0], 0);
});

test('without that hook, or without keys, it says so', () => {
  assert.equal(acceptOlderTickets({ context: {} }, [current, older]), false);
  assert.equal(acceptOlderTickets(createSecureContext(), []), false);
});
