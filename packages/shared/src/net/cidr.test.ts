import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inAny, narrowest, parseCidr } from './cidr.ts';

const members: readonly (readonly [network: string, address: string, inside: boolean])[] = [
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/255.0.0.0', '10.1.2.3', true],
  ['127.1', '127.0.0.1', true],
  ['10.12/8', '10.9.9.9', true],
  ['10.12', '10.0.0.12', true],
  ['127.0/8', '127.9.9.9', true],
  ['127/8', '127.0.0.1', false],
  ['127/8', '0.1.2.3', true],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['126.0.0.0/7', '127.0.0.1', true],
  ['::ffff:127.0.0.1', '127.0.0.1', true],
  ['::ffff:0:0/96', '127.0.0.1', true],
  ['::/0', '127.0.0.1', true],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['10.0.0.0/8', '::ffff:10.1.1.1', true],
  ['10.0.0.0/8', '::10.1.1.1', true],
  ['10.0.0.0/8', '2002:0a01:0101::1', true],
  ['10.0.0.0/8', '2001:0a01:0101::1', false],
  ['10.0.0.0/8', '', false],
  ['10.0.0.0/8', 'localhost', false],
  ['fe80::/10', 'fe80::1%eth0', false],
];

for (const [network, address, inside] of members) {
  test(`${network} ${inside ? 'holds' : 'does not hold'} '${address}'`, () => {
    const cidr = parseCidr(network);
    assert.ok(cidr);
    const holds = inAny([cidr]);
    assert.equal(holds(address), inside);
    assert.equal(holds(address), inside, 'the cached result is the same');
  });
}

for (const text of [
  '',
  '*',
  'localhost',
  '127.0.0.1/',
  '127.0.0.1/33',
  '::/129',
  '0x7f.0.0.1',
  '010.0.0.1',
  '1.2.3.256',
  '1.2.3.4.5',
  '[::1]',
  '127.0.0.1:80',
  '10.0.0.0/255.0.255.0',
  '::1%lo',
  '10.0.0.0/8/8',
  '-1',
]) {
  test(`'${text}' is not a network`, () => assert.equal(parseCidr(text), undefined));
}

test('nested, adjacent and duplicate networks contain what any one of them contains', () => {
  const networks = ['10.0.0.0/8', '10.1.0.0/16', '10.1.0.0/16', '11.0.0.0/32', '11.0.0.1', '12.0.0.128/25', 'fd00::/8']
    .concat(['fd00::1', '::ffff:13.0.0.0/120', '255.255.255.255', '0.0.0.0/32', '2002:e00::/24', '::1'])
    .map((text) => parseCidr(text))
    .filter((cidr) => cidr !== undefined);
  const all = inAny(networks);
  const each = networks.map((network) => inAny([network]));
  const addresses = ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0', '11.0.0.1', '11.0.0.2', '12.0.0.127']
    .concat(['12.0.0.128', '12.0.0.255', '12.0.1.0', '13.0.0.255', '13.0.1.0', '14.0.0.1', '0.0.0.0', '0.0.0.1'])
    .concat(['255.255.255.254', '255.255.255.255', '::', '::1', '::2', 'fcff::', 'fd00::', 'fdff::1', 'fe00::'])
    .concat(['::ffff:10.1.1.1', '2002:0a00:1::', '2002:e01:203::', 'x', '']);
  for (const address of addresses)
    assert.equal(
      all(address),
      each.some((holds) => holds(address)),
      address,
    );
  assert.equal(inAny([])('10.0.0.1'), false);

  const find = narrowest(networks);
  for (const address of addresses) {
    let best = -1;
    let widest = -1;
    for (const [place, network] of networks.entries()) {
      const bits = network.bits + (network.address.kind() === 'ipv4' ? 96 : 0);
      if (each[place]?.(address) !== true || bits <= widest) continue;
      best = place;
      widest = bits;
    }
    assert.equal(find(address), best, address);
  }
});
