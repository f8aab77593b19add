import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendConfig, serverConfig, bench } from '../backend/testing.ts';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { NameLookup } from '../model/names.ts';
import { Hosts } from './hosts.ts';
import type { AnyRecord } from './records.ts';
import { Records } from './records.ts';
import type { ServerRuntime } from '../backend/server.ts';
import { newNameserverCounters } from './nameserver.ts';
import { Services } from './services.ts';

const by = {
  config: { name: 'n' },
  counters: newNameserverCounters(),
  has: () => false,
  send: () => undefined,
  forget: () => undefined,
};
const lookup: NameLookup = {
  name: 'app.test',
  service: false,
  resolvers: 'r',
  first: ['none'],
  prefer: 4,
  networks: [],
  duplicates: false,
  ignoreWeight: false,
};

function named(count: number, names: Partial<NameLookup> = {}) {
  const servers = Array.from({ length: count }, (_, at) =>
    serverConfig(`s${at + 1}`, {
      id: at + 1,
      address: { kind: 'tcp', host: 'app.test', port: 80 },
      names: { ...lookup, ...names },
    }),
  );
  return bench(backendConfig(servers));
}

const a = (address: string): AnyRecord => ({ type: address.includes(':') ? 'AAAA' : 'A', address });
const hosts = (backend: BackendRuntime): (string | undefined)[] => backend.servers.map(({ place }) => place?.host);

/** What a name server says one after the other, one second apart. */
function following(backend: BackendRuntime, obsolete = 0) {
  const records = new Records<ServerRuntime>();
  const user = new Hosts('r', () => records);
  for (const server of backend.servers) user.add({ backend, server });
  let now = 0;
  return {
    user,
    says: (...found: readonly AnyRecord[]): void => {
      now += 1000;
      user.answered(records, records.follow(found, now, obsolete), by);
    },
    fails: () => user.failed('nx', records.clear()),
  };
}

test('each server of a name gets an address of its own, and those that find none are in maintenance', () => {
  const { backend, lines } = named(3);
  const { says } = following(backend);
  says(a('10.0.0.1'), a('10.0.0.2'));
  assert.deepEqual(hosts(backend), ['10.0.0.1', '10.0.0.2', undefined]);
  assert.deepEqual(
    backend.servers.map(({ usable, unresolved }) => [usable, unresolved]),
    [
      [true, false],
      [true, false],
      [false, true],
    ],
  );
  assert.deepEqual(lines.slice(0, 3), [
    'notice be/s1 changed its IP from (none) to 10.0.0.1 by r/n.',
    "notice Server be/s1 ('app.test') is UP/READY (resolves again).",
    'notice Server be/s1 administratively READY thanks to valid DNS answer.',
  ]);
});

test('an address that leaves takes only its server out, and one that comes is given to a free server', () => {
  const { backend, lines } = named(2);
  const { says } = following(backend);
  says(a('10.0.0.1'), a('10.0.0.2'));
  const [first, second] = hosts(backend);
  lines.length = 0;
  says(a(second ?? ''));
  assert.deepEqual(hosts(backend), [undefined, second]);
  assert.match(lines.join('\n'), /^alert Server be\/s1 is going DOWN for maintenance \(No IP for server \)\. 1 active/);
  says(a(second ?? ''), a('10.0.0.9'));
  assert.deepEqual([hosts(backend), first === second], [['10.0.0.9', second], false]);
});

test('hold obsolete keeps an address that responses no longer name', () => {
  const { backend } = named(1);
  const { says } = following(backend, 1500);
  says(a('10.0.0.1'));
  says(a('10.0.0.2'));
  assert.deepEqual(hosts(backend), ['10.0.0.1']);
  says(a('10.0.0.2'));
  assert.deepEqual(hosts(backend), ['10.0.0.2']);
});

test('allow-dup-ip lets servers share an address, resolve-net and resolve-prefer choose among several', () => {
  const shared = named(2, { duplicates: true });
  following(shared.backend).says(a('10.0.0.1'));
  assert.deepEqual(hosts(shared.backend), ['10.0.0.1', '10.0.0.1']);
  const near = named(1, { networks: ['192.168.0.0/16'] });
  following(near.backend).says(a('10.0.0.1'), a('192.168.1.1'), a('fd00::1'));
  assert.deepEqual(hosts(near.backend), ['192.168.1.1']);
  const six = named(1, { prefer: 6 });
  following(six.backend).says(a('10.0.0.1'), a('fd00::1'));
  assert.deepEqual(hosts(six.backend), ['fd00::1']);
});

test('a name that fails for longer than its hold takes its servers out, and the next answer brings them back', () => {
  const { backend, lines } = named(1);
  const { says, fails } = following(backend);
  says(a('10.0.0.1'));
  lines.length = 0;
  fails();
  fails();
  assert.deepEqual(hosts(backend), [undefined]);
  assert.equal(lines.filter((line) => line.includes('maintenance (DNS NX status)')).length, 1);
  says(a('10.0.0.1'));
  assert.deepEqual([hosts(backend), backend.servers[0]?.usable], [['10.0.0.1'], true]);
});

test('what a reload or the operator keeps stays: the present address is preferred', () => {
  const { backend } = named(1);
  const [server] = backend.servers;
  assert.ok(server);
  backend.named.begin(server, { host: '10.0.0.2' });
  const { says } = following(backend);
  says(a('10.0.0.1'), a('10.0.0.2'));
  assert.deepEqual(hosts(backend), ['10.0.0.2']);
  backend.named.move(server, { host: '10.0.0.7' }, 'stats socket command', false);
  says(a('10.0.0.1'), a('10.0.0.2'));
  assert.deepEqual(hosts(backend), ['10.0.0.7']);
});

const srv = (target: string, port: number, weight: number, address?: string): AnyRecord => ({
  type: 'SRV',
  target,
  port,
  weight,
  priority: 0,
  address,
});

test('services of an SRV record are shared out with their ports and weights; a target without an address is looked up', () => {
  const { backend, lines } = named(3, { service: true, name: '_http._tcp.app.test' });
  const looked: string[] = [];
  const services = new Services({
    add: ({ server }, target) => void looked.push(`+${server.key} ${target}`),
    delete: ({ key }) => void looked.push(`-${key}`),
  });
  for (const server of backend.servers) services.add({ backend, server });
  const records = new Records<ServerRuntime>();
  const says = (now: number, ...found: AnyRecord[]): void => services.answered(records, records.follow(found, now, 0));
  says(1000, srv('w1.test', 8001, 512, '10.0.0.1'), srv('w2.test', 8002, 0));
  assert.deepEqual(looked, ['+be/s2 w2.test']);
  const [one, two] = backend.servers;
  assert.deepEqual(one?.config.address, { kind: 'tcp', host: '10.0.0.1', port: 8001 });
  assert.deepEqual([one?.weight, two?.weight, one?.name], [2, 0, 'w1.test']);
  assert.deepEqual(lines, [
    'notice be/s1 changed its IP from (none) to 10.0.0.1 by DNS additional record.',
    "notice be/s1 changed its FQDN from (null) to w1.test by 'SRV record'",
    "notice Server be/s1 ('w1.test') is UP/READY (resolves again).",
  ]);
  says(2000, srv('w2.test', 8002, 0, '10.0.0.2'), srv('w3.test', 8003, 65_535, '10.0.0.3'));
  assert.deepEqual(looked, ['+be/s2 w2.test', '-be/s2']);
  assert.deepEqual(
    backend.servers.map(({ name, weight, place }) => [name, weight, place?.port]),
    [
      ['w3.test', 256, 8003],
      ['w2.test', 0, 8002],
      [undefined, 1, undefined],
    ],
  );
});
