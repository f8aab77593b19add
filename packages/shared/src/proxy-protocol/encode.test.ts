import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32c } from './crc32c.ts';
import { decodeProxyHeader } from './decode.ts';
import { encodeV1, encodeV2 } from './encode.ts';
import { MOST_CERTIFICATE, describeConnection, describeTls, sslTlv, tlsTlvs, tlvType } from './tlv.ts';

const hex = (text: string): string => text.replaceAll(/[\s|]/g, '');
const v4 = (sport: number, dport: number) => ({
  source: { address: '127.0.0.1', port: sport },
  destination: { address: '127.0.0.1', port: dport },
});
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', sni: 'dev-coltrane', alpn: 'h2', clientName: '' };

test('CRC-32C gives its check value', () => assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283));

test('version 1 is the line of the specification', () => {
  assert.equal(encodeV1(v4(56324, 443)).toString(), 'PROXY TCP4 127.0.0.1 127.0.0.1 56324 443\r\n');
  const v6 = { source: { address: '2001:db8::1', port: 1 }, destination: { address: '::1', port: 2 } };
  assert.equal(encodeV1(v6).toString(), 'PROXY TCP6 2001:db8::1 ::1 1 2\r\n');
});

test('a client of a unix socket is UNKNOWN in version 1 and LOCAL in version 2', () => {
  const unix = { source: { address: '', port: 0 }, destination: { address: '', port: 0 } };
  assert.equal(encodeV1(unix).toString(), 'PROXY UNKNOWN\r\n');
  assert.equal(
    encodeV2(unix, { tlvs: tlsTlvs(tls), crc32c: true }).toString('hex'),
    '0d0a0d0a000d0a515549540a20000000',
  );
});

test('addresses of different families are not passed on', () => {
  const mixed = { source: { address: '::1', port: 1 }, destination: { address: '127.0.0.1', port: 2 } };
  assert.equal(encodeV1(mixed).toString(), 'PROXY UNKNOWN\r\n');
});

test('version 2 is, byte for byte, what hitch 1.7.2 sends', () => {
  const expected = `0d0a0d0a000d0a515549540a 21 11 004b 7f000001 7f000001 83c8 52d4
    01 0002 6832 | 02 000c 6465762d636f6c7472616e65
    | 20 0028 01 00000001 21 0007 544c5376312e33 23 0016 544c535f4145535f3235365f47434d5f534841333834`;
  assert.equal(encodeV2(v4(33736, 21204), { tlvs: tlsTlvs(tls) }).toString('hex'), hex(expected));
});

test('version 2 with a checksum is, byte for byte, what HAProxy 2.6 sends', () => {
  const expected = `0d0a0d0a000d0a515549540a 21 11 0070 7f000001 7f000001 caa0 52d3 03 0004 0728f99f 01 0002 6832 02 000c 6465762d636f6c7472616e65
    20 0046 01 00000000 21 0007 544c5376312e33 25 0007 52534132303438 24 0011 65636473612d776974682d534841323536
    23 0016 544c535f4145535f3235365f47434d5f534841333834`;
  const tlvs = [
    { type: tlvType.alpn, value: Buffer.from('h2') },
    { type: tlvType.authority, value: Buffer.from('dev-coltrane') },
    sslTlv(1, 0, [
      { type: tlvType.sslVersion, value: Buffer.from('TLSv1.3') },
      { type: tlvType.sslKeyAlgorithm, value: Buffer.from('RSA2048') },
      { type: tlvType.sslSignatureAlgorithm, value: Buffer.from('ecdsa-with-SHA256') },
      { type: tlvType.sslCipher, value: Buffer.from('TLS_AES_256_GCM_SHA384') },
    ]),
  ];
  assert.equal(encodeV2(v4(0xcaa0, 0x52d3), { tlvs, crc32c: true }).toString('hex'), hex(expected));
});

const nothingElse = {
  signatureAlgorithm: '',
  keyAlgorithm: '',
  group: '',
  clientCertificate: undefined,
  verify: 0,
  resumed: false,
  certificateUsed: false,
};

const descriptions = [
  tls,
  { ...tls, clientName: 'dev-coltrane' },
  { ...tls, clientName: 'dev-coltrane', clientCertificate: Buffer.from('a certificate'), resumed: true },
  { ...tls, clientCertificate: Buffer.from('an expired certificate'), verify: 10 },
  { ...tls, signatureAlgorithm: 'RSA-SHA256', keyAlgorithm: 'EC256', group: 'X25519MLKEM768' },
  { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256', sni: '', alpn: '', clientName: '' },
];

for (const description of descriptions) {
  test(`a TLS description survives a round trip: ${JSON.stringify(description)}`, () => {
    const decoded = decodeProxyHeader(encodeV2(v4(1, 2), { tlvs: tlsTlvs(description), crc32c: true }));
    assert.ok(decoded.kind === 'header');
    assert.deepEqual(describeTls(decoded.header.tlvs), {
      ...nothingElse,
      ...description,
      certificateUsed: description.clientName !== '' || 'clientCertificate' in description,
    });
  });
}

test('a client certificate that is too large for a header is left out of it, and the header says that there was one', () => {
  const [, , ssl] = tlsTlvs({ ...tls, clientCertificate: Buffer.alloc(MOST_CERTIFICATE + 1), clientName: 'x' });
  assert.ok(ssl);
  assert.equal(ssl.value[0], 7);
  assert.equal(describeTls([ssl])?.clientCertificate, undefined);
});

test('the name of a client certificate that failed verification is ignored', () => {
  const inner = [{ type: tlvType.sslCommonName, value: Buffer.from('root') }];
  assert.equal(describeTls([sslTlv(7, 0x1a, inner)])?.clientName, '');
  assert.equal(describeTls([sslTlv(1, 0, inner)])?.clientName, '', 'no certificate bit');
  assert.equal(describeTls([sslTlv(7, 0, inner)])?.clientName, 'root');
});

test('a server name that would break a log line or a header is ignored', () => {
  assert.equal(describeTls([{ type: tlvType.authority, value: Buffer.from('a\r\nX: y') }, sslTlv(1, 1, [])])?.sni, '');
});

test('a server name longer than receivers accept is omitted', () => {
  assert.deepEqual(
    tlsTlvs({ ...tls, sni: 'a'.repeat(256) }).map((tlv) => tlv.type),
    [tlvType.alpn, tlvType.ssl],
  );
  assert.equal(tlsTlvs({ ...tls, sni: 'a'.repeat(255) }).length, 3);
});

test('without TLS there is nothing to describe', () => {
  assert.equal(describeTls([]), undefined);
  assert.equal(describeTls([sslTlv(0, 0, [])]), undefined);
  assert.equal(describeTls([{ type: tlvType.ssl, value: Buffer.from([1]) }]), undefined, 'cut short');
  assert.equal(
    describeTls([{ type: tlvType.ssl, value: Buffer.from([1, 0, 0, 0, 0, 0x21, 0, 9]) }]),
    undefined,
    'overrun inside',
  );
});

test('the authority and the unique id of a header are returned without an ssl TLV', () => {
  const tlvs = [
    { type: tlvType.authority, value: Buffer.from('a.test') },
    { type: tlvType.uniqueId, value: Buffer.from([1, 255]) },
  ];
  assert.equal(describeTls(tlvs), undefined);
  assert.deepEqual(describeConnection(tlvs), { authority: 'a.test', uniqueId: '\x01\xff' });
  const again = [...tlvs, { type: tlvType.authority, value: Buffer.from('b.test') }];
  assert.equal(describeConnection(again).authority, 'b.test', 'the last one, as in HAProxy');
  assert.deepEqual(describeConnection([]), { authority: '', uniqueId: '' });
  for (const value of ['a\r\nX: y', 'a\0', 'a\xff'])
    assert.equal(describeConnection([{ type: tlvType.authority, value: Buffer.from(value, 'latin1') }]).authority, '');
});
