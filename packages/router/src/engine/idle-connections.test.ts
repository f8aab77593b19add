import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { backendConfig, bench, serverConfig } from '../backend/testing.ts';
import type { ServerState } from '../model/backend.ts';
import { Deadlines } from './deadlines.ts';
import { IdleConnections, type Keeper, type Reusable } from './idle-connections.ts';

/** A connection without a socket. */
class Connection implements Reusable {
  readonly server: ServerState;
  readonly to: Reusable['to'];
  readonly name = '';
  readonly client = undefined;
  readonly uses = 1;
  readonly loggedIn = false;
  readonly unsent = false;
  alive = true;
  deadline = 0;
  resting = false;
  restsUntil = 0;
  brief: boolean;
  keeper: Keeper | undefined = undefined;
  timesRested = 0;

  constructor(server: ServerState, brief: boolean) {
    this.server = server;
    this.to = server.config.address;
    this.brief = brief;
  }

  rested(): void {
    this.resting = false;
    this.timesRested += 1;
  }

  destroy(): void {
    this.alive = false;
  }
}

function pool(): { readonly idle: IdleConnections<Connection>; readonly make: (brief: boolean) => Connection } {
  const server = bench(backendConfig([serverConfig('one')])).server('one');
  return { idle: new IdleConnections(new Deadlines()), make: (brief) => new Connection(server, brief) };
}

test('a connection that brought much rests until the loop has polled its socket once more', async () => {
  const { idle, make } = pool();
  const much = make(false);
  idle.keep(much, 0);
  await turn();
  assert.equal(much.resting, true);
  assert.equal(idle.take(much.server, 'any', ''), much);
  assert.equal(much.timesRested, 0);
  await turn();
  assert.deepEqual([much.resting, much.timesRested], [false, 1]);
});

test('a connection whose answer came in one small read may be used at once', async () => {
  const { idle, make } = pool();
  const brief = make(true);
  idle.keep(brief, 0);
  assert.equal(idle.take(brief.server, 'any', ''), brief);
  assert.equal(brief.resting, false);
  await turn();
  await turn();
  assert.equal(brief.timesRested, 0, 'it is in use: nothing begins a second time');
});

test('one that has rested is taken before one that could be used at once', async () => {
  const { idle, make } = pool();
  const [rested, brief] = [make(false), make(true)];
  idle.keep(rested, 0);
  await turn();
  await turn();
  idle.keep(brief, 0);
  assert.equal(idle.take(rested.server, 'any', ''), rested);
});

test('a connection that is used again and then brought much rests from then on', async () => {
  const { idle, make } = pool();
  const one = make(true);
  idle.keep(one, 0);
  await turn();
  assert.equal(idle.take(one.server, 'any', ''), one);
  one.brief = false;
  idle.keep(one, 0);
  await turn();
  assert.deepEqual([one.resting, one.timesRested], [true, 0], 'the rest of its first answer does not count');
  await turn();
  assert.deepEqual([one.resting, one.timesRested], [false, 1]);
});

test('a connection that ended while it was idle is forgotten', async () => {
  const { idle, make } = pool();
  const [resting, rested] = [make(true), make(true)];
  idle.keep(rested, 0);
  await turn();
  await turn();
  idle.keep(resting, 0);
  for (const one of [resting, rested]) {
    one.destroy();
    one.keeper?.forget(one);
  }
  assert.equal(resting.server.counters.idle, 0);
  assert.equal(idle.take(resting.server, 'any', ''), undefined);
});

test("two pools do not take each other's connections, whichever looked for the server last", async () => {
  const { idle, make } = pool();
  const other = new IdleConnections<Connection>(new Deadlines());
  const mine = make(true);
  const [server, others] = [mine.server, new Connection(mine.server, true)];
  idle.keep(mine, 0);
  other.keep(others, 0);
  await turn();
  await turn();
  assert.equal(idle.take(server, 'any', ''), mine);
  assert.equal(idle.take(server, 'any', ''), undefined);
  assert.equal(other.take(server, 'any', ''), others);
  other.keep(others, 0);
  other.retire(server);
  assert.equal(others.alive, false);
  assert.equal(other.take(server, 'any', ''), undefined);
});
