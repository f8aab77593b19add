import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Server } from '../model/snapshot.ts';
import { avalanche } from '../sample/hash.ts';
import { xxh32 } from '../sample/xxh.ts';
import { ringKeyOf } from './ring-key.ts';
import { backendConfig, bench, serverConfig, take, waiter } from './testing.ts';

const at = (host: string, port = 80): Partial<Server> => ({ address: { kind: 'tcp', host, port } });
const keyOf = (parts: Partial<Server>): number | undefined => ringKeyOf(serverConfig('s', parts));

describe('hash-key', () => {
  it('makes nothing of an address unless it is asked to, and nothing of what is no IP address', () => {
    assert.equal(keyOf(at('10.0.0.1')), undefined);
    assert.equal(keyOf({ ...at('10.0.0.1'), hashKey: 'id' }), undefined);
    assert.equal(keyOf({ ...at('app.test'), hashKey: 'addr' }), undefined);
    assert.equal(keyOf({ address: { kind: 'unix', path: '/s' }, hashKey: 'addr-port' }), undefined);
  });
  it('hashes addresses and ports as HAProxy does', () => {
    assert.equal(keyOf({ ...at('10.0.0.1'), hashKey: 'addr' }), avalanche(0x01_00_00_0a));
    assert.equal(keyOf({ ...at('10.0.0.1', 8080), hashKey: 'addr' }), avalanche(0x01_00_00_0a));
    assert.equal(keyOf({ ...at('10.0.0.1', 8080), hashKey: 'addr-port' }), avalanche(avalanche(8080) + 0x01_00_00_0a));
    assert.equal(keyOf({ ...at('::1'), hashKey: 'addr' }), xxh32(`${'\0'.repeat(15)}\x01`, 0));
  });
  it('lets routers agree whose servers are in another order', () => {
    const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::4'];
    const chosen = (order: readonly string[], hashKey: Server['hashKey']): readonly string[] => {
      const servers = order.map((host, index) => serverConfig(host, { ...at(host), hashKey, id: index + 1 }));
      const on = bench(backendConfig(servers, { balance: { name: 'source', args: [], hash: 'consistent' } }));
      return Array.from({ length: 64 }, (_, client) => take(on, waiter({ client: `192.0.2.${client}` })));
    };
    const reversed = hosts.toReversed();
    assert.deepEqual(chosen(hosts, 'addr-port'), chosen(reversed, 'addr-port'));
    assert.notDeepEqual(chosen(hosts, 'id'), chosen(reversed, 'id'));
    assert.equal(new Set(chosen(hosts, 'addr')).size, 4);
  });
});
