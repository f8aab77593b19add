import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decodeReply, encodeQuery, isAskable, replyId, type QueryType } from './message.ts';

const PAYLOAD = 512;

/** A response to a query for this name: `answers` records as bytes, then `additional`. */
function reply(name: string, type: QueryType, answers: Buffer[], { additional = [] as Buffer[], flags = 0x8180 } = {}) {
  const query = encodeQuery(7, name, type, PAYLOAD);
  const head = Buffer.from(query.subarray(0, query.length - 11));
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(answers.length, 6);
  head.writeUInt16BE(additional.length, 10);
  return Buffer.concat([head, ...answers, ...additional]);
}

function name(text: string): Buffer {
  return Buffer.concat([
    ...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, head, data]);
}

/** Points at the name of the question. */
const ASKED = Buffer.from([0xc0, 12]);
const address = (...bytes: number[]): Buffer => Buffer.from(bytes);
const decode = (message: Buffer, type: QueryType = 'A') => decodeReply(message, 'app.test', type, PAYLOAD);

test('a query asks one question, with recursion, and announces how much it accepts', () => {
  assert.equal(
    encodeQuery(0x1234, 'a.bc.', 'SRV', 4096).toString('hex'),
    '12340100000100000000000101610262630000210001' + '00002910000000000000' + '00',
  );
});

test('addresses of the name are read, whatever the case of the name', () => {
  const found = decode(
    reply('APP.test', 'A', [record(ASKED, 1, address(10, 0, 0, 1)), record(ASKED, 1, address(10, 0, 0, 2))]),
  );
  assert.deepEqual(found, {
    kind: 'addresses',
    records: [
      { type: 'A', address: '10.0.0.1' },
      { type: 'A', address: '10.0.0.2' },
    ],
    aliased: false,
  });
});

test('IPv6 addresses are written as RFC 5952 has them, those of IPv4 with dots', () => {
  const texts: Record<string, string> = {
    '00000000000000000000000000000001': '::1',
    '20010db8000000000001000000000000': '2001:db8:0:0:1::',
    '20010db800010002000300040005000a': '2001:db8:1:2:3:4:5:a',
    '00000000000000000000000000000000': '::',
    '00000000000000000000ffff0a000001': '::ffff:10.0.0.1',
  };
  for (const [bytes, text] of Object.entries(texts)) {
    const found = decode(reply('app.test', 'AAAA', [record(ASKED, 28, Buffer.from(bytes, 'hex'))]), 'AAAA');
    assert.deepEqual(found.kind === 'addresses' && found.records, [{ type: 'AAAA', address: text }]);
  }
});

test('aliases are followed within the response, and one that leads nowhere is an error', () => {
  const alias = record(ASKED, 5, name('real.test'));
  const found = decode(reply('app.test', 'A', [alias, record(name('real.test'), 1, address(10, 0, 0, 1))]));
  assert.deepEqual(found, { kind: 'addresses', records: [{ type: 'A', address: '10.0.0.1' }], aliased: true });
  assert.equal(decode(reply('app.test', 'A', [alias])).kind, 'cname_error');
  const circle = [record(ASKED, 5, name('b.test')), record(name('b.test'), 5, name('app.test'))];
  assert.equal(decode(reply('app.test', 'A', circle)).kind, 'cname_error');
});

test('services have a target, a port, a weight, and the address that came with them', () => {
  const data = (target: string): Buffer => Buffer.concat([address(0, 1, 1, 0, 0x1f, 0x90), name(target)]);
  const message = reply('app.test', 'SRV', [record(ASKED, 33, data('W1.test')), record(ASKED, 33, data('w2.test'))], {
    additional: [record(name('w1.test'), 1, address(10, 0, 0, 1))],
  });
  assert.deepEqual(decode(message, 'SRV'), {
    kind: 'services',
    records: [
      { type: 'SRV', target: 'w1.test', port: 8080, weight: 256, priority: 1, address: '10.0.0.1' },
      { type: 'SRV', target: 'w2.test', port: 8080, weight: 256, priority: 1, address: undefined },
    ],
    aliased: false,
  });
});

test('what a name server refuses has its own word', () => {
  const codes: readonly (readonly [number, string])[] = [
    [0x8183, 'nx'],
    [0x8185, 'refused'],
    [0x8182, 'other'],
    [0x8380, 'truncated'],
    [0x8180, 'any_err'],
  ];
  for (const [flags, kind] of codes) assert.equal(decode(reply('app.test', 'A', [], { flags })).kind, kind);
});

test('a response to another question, or that is none, is invalid', () => {
  const one = [record(ASKED, 1, address(10, 0, 0, 1))];
  assert.equal(decode(reply('other.test', 'A', one)).kind, 'invalid');
  assert.equal(decode(reply('app.test', 'AAAA', one)).kind, 'invalid');
  assert.equal(decode(reply('app.test', 'A', one, { flags: 0x0180 })).kind, 'invalid');
  assert.equal(decode(reply('app.test', 'A', [record(name('app.evil'), 1, address(6, 6, 6, 6))])).kind, 'other');
  assert.equal(decode(reply('app.test', 'A', [record(ASKED, 1, address(1, 2, 3))])).kind, 'invalid');
  for (const length of [0, 1, 2, 11, 12, 20])
    assert.equal(decode(reply('app.test', 'A', one).subarray(0, length)).kind, 'invalid');
});

test('a name that points at itself, forwards, or on and on is invalid', () => {
  const loops = [Buffer.from([0xc0, 26]), Buffer.from([0xc0, 0xff]), Buffer.from([0xff, 0xff]), Buffer.from([0xc0])];
  for (const owner of loops)
    assert.equal(decode(reply('app.test', 'A', [record(owner, 1, address(10, 0, 0, 1))])).kind, 'invalid');
  const long = Buffer.concat([
    ...Array.from({ length: 5 }, () => Buffer.from([63, ...Buffer.alloc(63, 97)])),
    Buffer.from([0]),
  ]);
  assert.equal(decode(reply('app.test', 'A', [record(long, 1, address(10, 0, 0, 1))])).kind, 'invalid');
});

test('more records than fit in the payload are invalid, however many are announced', () => {
  const message = reply('app.test', 'A', [record(ASKED, 1, address(10, 0, 0, 1))]);
  message.writeUInt16BE(65_535, 6);
  assert.equal(decode(message).kind, 'invalid');
  const service = reply('app.test', 'SRV', [record(ASKED, 33, Buffer.concat([Buffer.alloc(6), name('w.test')]))]);
  service.writeUInt16BE(65_535, 8);
  assert.equal(decode(service, 'SRV').kind, 'invalid');
});

test('no bytes make the reader throw or hang', () => {
  const valid = reply('app.test', 'A', [record(ASKED, 1, address(10, 0, 0, 1))]);
  const began = performance.now();
  for (let round = 0; round < 20_000; round += 1) {
    const message = Buffer.from(round % 2 === 0 ? valid : randomBytes(1 + (round % 300)));
    for (const at of randomBytes(1 + (round % 4))) message[at % message.length] = at;
    decode(message, round % 3 === 0 ? 'SRV' : 'A');
    replyId(message);
  }
  assert.ok(performance.now() - began < 20_000);
});

test('only names that fit in a query are asked for', () => {
  for (const good of ['a', 'app.test', 'app.test.', '_http._tcp.app.test', 'a'.repeat(63)])
    assert.ok(isAskable(good), good);
  for (const bad of ['', '.', 'a..b', '.a', 'a b', 'ä', 'a'.repeat(64), `${'a'.repeat(60)}.`.repeat(5)])
    assert.ok(!isAskable(bad), bad);
});
