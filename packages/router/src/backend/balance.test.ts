import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BalanceSpec } from '../model/snapshot.ts';
import { createChooser } from './balance.ts';
import { avalanche, sdbm } from '../sample/hash.ts';
import { conforms } from './balance/conformance.ts';
import { addressKey } from './balance/source.ts';
import type { Asked } from './balance/testing.ts';
import { changed, request, seededRandom, servers } from './balance/testing.ts';

function spec(
  name: BalanceSpec['name'],
  args: readonly string[] = [],
  hash: BalanceSpec['hash'] = 'map-based',
): BalanceSpec {
  return { name, args, hash };
}

/** The numbers of the chosen servers, one request after the other; `-` for none. */
function order(balance: BalanceSpec, weights: readonly number[], asked: readonly Asked[]): string {
  const chooser = createChooser(balance, servers(...weights), seededRandom());
  const answered = (one: Asked): string => {
    const server = chooser?.choose(request(one), undefined);
    changed(server);
    return String(server?.id ?? '-');
  };
  return asked.map(answered).join('');
}

conforms('balance roundrobin', { spec: spec('roundrobin'), fromRequest: false, tolerance: 0.001 });
conforms('balance static-rr', { spec: spec('static-rr'), fromRequest: false, tolerance: 0.001 });
conforms('balance leastconn', { spec: spec('leastconn'), fromRequest: false, tolerance: 0.001 });
conforms('balance random', { spec: spec('random'), fromRequest: false, tolerance: 0.03 });
conforms('balance random(1)', { spec: spec('random', ['1']), fromRequest: false, tolerance: 0.03 });
conforms('balance first', { spec: spec('first'), fromRequest: false, tolerance: undefined });
for (const hash of ['map-based', 'consistent'] as const) {
  const tolerance = hash === 'map-based' ? 0.04 : 0.2; // 16 nodes per weight make an uneven ring
  conforms(`balance source, ${hash}`, { spec: spec('source', [], hash), fromRequest: true, tolerance });
  conforms(`balance uri, ${hash}`, { spec: spec('uri', [], hash), fromRequest: true, tolerance });
  conforms(`balance hdr, ${hash}`, { spec: spec('hdr', ['X-Key'], hash), fromRequest: true, tolerance });
  conforms(`balance url_param, ${hash}`, { spec: spec('url_param', ['id'], hash), fromRequest: true, tolerance });
}

// Every expected order below was recorded from HAProxy 2.6.12 with the same weights and requests.
describe('orders that HAProxy gives', () => {
  const turns: readonly (readonly [BalanceSpec['name'], readonly number[], string])[] = [
    ['roundrobin', [1, 1, 1], '123123123'],
    ['roundrobin', [3, 2, 1], '121312121312121312'],
    ['roundrobin', [3, 1], '111211121112'],
    ['roundrobin', [5, 1, 1], '111211311121131112113'],
    ['roundrobin', [7, 3, 2], '112131211123112131211123112131211123'],
    ['roundrobin', [4, 3], '112121211212121121212'],
    ['roundrobin', [2, 2, 1], '121231212312123'],
    ['roundrobin', [5, 3, 1, 1], '121312121412131212141213121214'],
    ['roundrobin', [10, 1], '111111111121111111111211111111112'],
    ['roundrobin', [1, 2, 1], '212321232123'],
    ['roundrobin', [6, 4], '112121121211212112121121211212'],
    ['static-rr', [3, 2, 1], '112123112123112123'],
    ['static-rr', [5, 1, 1], '111211311121131112113'],
    ['static-rr', [1, 2, 1], '1223'],
    ['static-rr', [100, 10], '11111111112'],
    ['leastconn', [3, 1], '12121212'],
  ];
  for (const [name, weights, expected] of turns) {
    it(`${name} with weights ${weights.join('/')}`, () => {
      assert.equal(
        order(
          spec(name),
          weights,
          Array.from(expected, () => ({})),
        ),
        expected,
      );
    });
  }

  const targets = ['/', '/a', '/a/b', '/a/b/c', '/a/b/d', '/a/b/c/d?x=1', '/a?x=1', '/a?x=2', '/abcdefg', '/abcdxyz'];
  const queries = ['/', '/?id=1', '/?id=2', '/?a=1&id=2', '/?id=', '/?xid=1', '/?id=3&id=1'];
  const values = [
    'a',
    'b',
    'a,b',
    'www.example.org',
    'example.org',
    'x.example.com',
    '.org',
    'a.',
    'localhost',
    'a , b',
    'www.example.org:80',
    '10.0.0.1',
  ];
  const clients = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.77', '127.1.2.3', '::1'];
  const byTarget = (list: readonly string[]) => list.map((target) => ({ target }));
  const byValue = values.map((value) => ({ headers: { 'x-k': [value] } }));
  const byClient = clients.map((client) => ({ client }));
  const hashed: readonly (readonly [BalanceSpec, readonly number[], readonly Asked[], string])[] = [
    [spec('uri'), [1, 1, 1], byTarget(targets), '3133111121'],
    [spec('uri', ['depth', '2']), [1, 2, 1], byTarget(targets), '3222222221'],
    [spec('uri', ['len', '5']), [1, 2, 1], byTarget(targets), '3222222222'],
    [spec('uri', ['whole']), [1, 1, 1], byTarget(targets), '3133123121'],
    [spec('uri', [], 'consistent'), [1, 2, 1], byTarget(targets), '2221222222'],
    [spec('url_param', ['id']), [1, 1, 1], byTarget(queries), '1233121'],
    [spec('hdr', ['X-K']), [1, 1, 1], byValue, '232111331213'],
    [spec('hdr', ['X-K', 'use_domain_only']), [1, 1, 1], byValue, '232222321221'],
    [
      spec('hdr', ['X-K', 'use_domain_only']),
      [1, 2, 3],
      ['.org', 'org', '.net', 'net', 'a.', '.a.b', 'a..b'].map((value) => ({ headers: { 'x-k': [value] } })),
      '2233333',
    ],
    [
      spec('url_param', ['id']),
      [3, 2, 1],
      byTarget(['/?id=', '/?id=', '/?id=', '/', '/', '/', '/?id', '/?id', '/?id']),
      '111112123',
    ],
    [spec('hdr', ['X-K']), [3, 2, 1], Array.from({ length: 6 }, () => ({})), '112123'],
    [spec('hdr', ['X-K'], 'consistent'), [1, 1, 1], byValue, '323322112313'],
    [spec('source'), [1, 1, 1], byClient, '3123122'],
    [spec('source', [], 'consistent'), [1, 2, 1], byClient, '2121323'],
  ];
  for (const [balance, weights, asked, expected] of hashed) {
    it(`${balance.name} ${balance.args.join(' ')} ${balance.hash} with weights ${weights.join('/')}`, () => {
      assert.equal(order(balance, weights, asked), expected);
    });
  }
});

describe('balance uri path-only', () => {
  it('hashes an absolute target by its path', () => {
    const asked = [{ target: '/a/b' }, { target: 'http://one/a/b' }, { target: 'http://two/a/b?x' }];
    assert.match(order(spec('uri', ['path-only']), [1, 1, 1], asked), /^(.)\1\1$/);
  });
  it('takes any target without failing', () => {
    const asked = ['*', '', '?', 'host:443', 'http://host', '://', '/%zz'].map((target) => ({ target }));
    assert.match(order(spec('uri', ['path-only']), [1, 1, 1], asked), /^[123]{7}$/);
  });
});

describe('the key of balance source', () => {
  const keys: readonly (readonly [string, number])[] = [
    ['127.0.0.1', 0x7f000001],
    ['255.255.255.255', 0xffffffff],
    ['::', 0],
    ['::1', 1],
    ['fe80::', 0xfe800000],
    ['2001:db8:1:2:3:4:5:6', (0x20010db8 ^ 0x00010002 ^ 0x00030004 ^ 0x00050006) >>> 0],
    ['2001:db8::5:6', (0x20010db8 ^ 0x00050006) >>> 0],
    ['1::8', 0x00010008],
    ['fe80::1%eth0', 0xfe800001],
    ['64:ff9b::192.0.2.33', (0x0064ff9b ^ 0xc0000221) >>> 0],
    ['', 0],
  ];
  for (const [address, key] of keys) {
    it(`is ${key} for '${address}'`, () => assert.equal(addressKey(address), key));
  }
});

describe('hash-type consistent', () => {
  it('moves only the keys of the server that goes', () => {
    const all = servers(1, 1, 1, 1);
    const before = createChooser(spec('uri', [], 'consistent'), all, seededRandom());
    const after = createChooser(spec('uri', [], 'consistent'), all.toSpliced(1, 1), seededRandom());
    for (let i = 0; i < 500; i++) {
      const asked = request({ target: `/${i}` });
      const was = before?.choose(asked, undefined);
      if (was !== all[1]) assert.equal(after?.choose(asked, undefined), was);
    }
  });
});

describe('hash functions', () => {
  it('sdbm works on bytes from zero', () => {
    assert.equal(sdbm(''), 0);
    assert.equal(sdbm('a'), 97);
    assert.equal(sdbm('xab', 1, 2), 97);
  });
  it('avalanche stays within 32 bits', () => {
    for (const value of [0, 1, 0x7fffffff, 0xffffffff]) {
      const mixed = avalanche(value);
      assert.ok(Number.isInteger(mixed) && mixed >= 0 && mixed <= 0xffffffff);
    }
  });
});

// Recorded from HAProxy 2.6.12, whose servers did not answer.
describe('balance leastconn with requests that stay', () => {
  for (const [weights, expected] of [
    [[1, 1, 1], '12312312312312'],
    [[3, 1], '12111121112111'],
    [[3, 2, 1], '12312112132112'],
    [[5, 1, 1], '12311111111231'],
    [[100, 30], '12111112111211'],
  ] satisfies [number[], string][])
    it(`chooses ${expected} with weights ${weights.join('/')}`, () => {
      const chooser = createChooser(spec('leastconn'), servers(...weights), seededRandom());
      const chosen = Array.from(expected, () => {
        const server = chooser?.choose(request({}), undefined);
        if (server !== undefined) server.load += 1;
        changed(server);
        return server?.id;
      });
      assert.equal(chosen.join(''), expected);
    });
});

describe('balance leastconn', () => {
  it('takes among equals the one whose load changed longest ago, also by a cookie', () => {
    const all = servers(1, 1, 1);
    const chooser = createChooser(spec('leastconn'), all, seededRandom());
    const next = (): number | undefined => {
      const server = chooser?.choose(request({}), undefined);
      changed(server);
      return server?.id;
    };
    const chosen = [next()];
    // A client with the cookie of the second.
    changed(all[1]);
    for (let each = 0; each < 4; each += 1) chosen.push(next());
    assert.deepEqual(chosen, [1, 3, 1, 2, 3]);
  });

  it('prefers the server with the lowest load for its weight', () => {
    const [one, two] = servers(1, 3);
    assert.ok(one && two);
    one.load = 1;
    two.load = 2;
    assert.equal(createChooser(spec('leastconn'), [one, two], seededRandom())?.choose(request({}), undefined), two);
  });
});

describe('balance first', () => {
  it('fills the servers one after the other', () => {
    const [one, two] = servers(1, 1);
    assert.ok(one && two);
    const chooser = createChooser(spec('first'), [one, two], seededRandom());
    assert.equal(chooser?.choose(request({}), undefined), one);
    one.full = true;
    assert.equal(chooser?.choose(request({}), undefined), two);
  });
});

it('there is nothing to choose with when no server is usable', () => {
  assert.equal(createChooser(spec('roundrobin'), [], seededRandom()), undefined);
});
