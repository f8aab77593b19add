import type { Tlv } from './header.ts';

/** Types of a version 2 header's TLVs (spec §2.2.1 to §2.2.9); those from 0x21 to 0x28 are nested in `ssl`. */
export const tlvType = {
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
  sslVersion: 0x21,
  sslCommonName: 0x22,
  sslCipher: 0x23,
  sslSignatureAlgorithm: 0x24,
  sslKeyAlgorithm: 0x25,
  sslGroup: 0x26,
  sslClientCertificate: 0x28,
  /** In the range for applications (spec §2.2.8): one byte, 1 when the TLS session was resumed. Ours. */
  resumed: 0xe5,
} as const;

/** The `client` byte of the ssl TLV. */
export const sslClient = { tls: 0x01, certificateOnConnection: 0x02, certificateInSession: 0x04 } as const;

/** A larger certificate of a client is not sent: receivers limit the header, ours to 16 KiB. */
export const MOST_CERTIFICATE = 12 * 1024;

/** The TLS connection terminated by the sender of the header. Missing facts are empty strings. */
export interface TlsDescription {
  /** `TLSv1.3`. */
  readonly version: string;
  /** `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The server name the client asked for (SNI). */
  readonly sni: string;
  /** `http/1.1`. */
  readonly alpn: string;
  /** Common name of a verified client certificate. */
  readonly clientName: string;
  /** What signed the sender's certificate: `RSA-SHA256`. */
  readonly signatureAlgorithm?: string;
  /** Key of the sender's certificate: `RSA2048`, `EC256`. */
  readonly keyAlgorithm?: string;
  /** Group of the key exchange: `X25519MLKEM768`. */
  readonly group?: string;
  /** The client's certificate (DER), verified or not: see `verify`. */
  readonly clientCertificate?: Buffer | undefined;
  /** X509_V_ code of the client's certificate; 0 is good. Meaningless without one. */
  readonly verify?: number;
  readonly resumed?: boolean;
  /** The client showed a certificate, on this connection or in the session it resumed. */
  readonly certificateUsed?: boolean;
}

/** The server name and the unique id in a header, with or without TLS; empty when absent. */
export function describeConnection(tlvs: readonly Tlv[]): { readonly authority: string; readonly uniqueId: string } {
  return {
    authority: text(tlvs, tlvType.authority),
    uniqueId: find(tlvs, tlvType.uniqueId)?.toString('latin1') ?? '',
  };
}

/** Reads a list of TLVs; `undefined` when one runs over the end. */
export function readTlvs(bytes: Buffer): Tlv[] | undefined {
  const tlvs: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 3 > bytes.length) return undefined;
    const end = offset + 3 + bytes.readUInt16BE(offset + 1);
    if (end > bytes.length) return undefined;
    tlvs.push({ type: bytes.readUInt8(offset), value: bytes.subarray(offset + 3, end) });
    offset = end;
  }
  return tlvs;
}

/** The bytes of a list of TLVs. Throws a RangeError for a value longer than 65535 bytes. */
export function writeTlvs(tlvs: readonly Tlv[]): Buffer {
  return Buffer.concat(
    tlvs.flatMap(({ type, value }) => {
      const head = Buffer.allocUnsafe(3);
      head.writeUInt8(type, 0);
      head.writeUInt16BE(value.length, 1);
      return [head, value];
    }),
  );
}

/** The TLS facts in the TLVs, or `undefined` when the client did not use TLS (no ssl TLV, or one without its TLS bit). */
export function describeTls(tlvs: readonly Tlv[]): TlsDescription | undefined {
  const ssl = find(tlvs, tlvType.ssl);
  if (ssl === undefined || ssl.length < 5 || (ssl.readUInt8(0) & sslClient.tls) === 0) return undefined;
  const inner = readTlvs(ssl.subarray(5));
  if (inner === undefined) return undefined;
  return {
    version: text(inner, tlvType.sslVersion),
    cipher: text(inner, tlvType.sslCipher),
    sni: text(tlvs, tlvType.authority),
    alpn: text(tlvs, tlvType.alpn),
    clientName: hasVerifiedCertificate(ssl) ? text(inner, tlvType.sslCommonName) : '',
    signatureAlgorithm: text(inner, tlvType.sslSignatureAlgorithm),
    keyAlgorithm: text(inner, tlvType.sslKeyAlgorithm),
    group: text(inner, tlvType.sslGroup),
    clientCertificate: hasCertificate(ssl) ? ownBytes(find(inner, tlvType.sslClientCertificate)) : undefined,
    verify: hasCertificate(ssl) ? ssl.readUInt32BE(1) : 0,
    resumed: find(tlvs, tlvType.resumed)?.[0] === 1,
    certificateUsed: hasCertificate(ssl),
  };
}

/**
 * The TLVs that describe a TLS connection, in the order HAProxy sends them. A server name longer than the
 * 255 bytes receivers accept is omitted. Without a client certificate `verify` is 1, as hitch sends it:
 * HAProxy's 0 would read as "verified" to a receiver that ignores the certificate bits.
 */
export function tlsTlvs(tls: TlsDescription): Tlv[] {
  const { clientCertificate, verify = 0, resumed = false } = tls;
  const bits = certificateBits(tls);
  const client = sslClient.tls | bits;
  const inner = present([
    [tlvType.sslVersion, tls.version],
    [tlvType.sslCommonName, tls.clientName],
    [tlvType.sslCipher, tls.cipher],
    [tlvType.sslSignatureAlgorithm, tls.signatureAlgorithm ?? ''],
    [tlvType.sslKeyAlgorithm, tls.keyAlgorithm ?? ''],
    [tlvType.sslGroup, tls.group ?? ''],
  ]);
  const fits = clientCertificate !== undefined && clientCertificate.length <= MOST_CERTIFICATE;
  return [
    ...present([
      [tlvType.alpn, tls.alpn],
      [tlvType.authority, Buffer.byteLength(tls.sni) > 255 ? '' : tls.sni],
    ]),
    sslTlv(client, bits === 0 ? 1 : verify, [
      ...inner,
      ...(fits ? [{ type: tlvType.sslClientCertificate, value: clientCertificate }] : []),
    ]),
    ...(resumed ? [{ type: tlvType.resumed, value: Buffer.from([1]) }] : []),
  ];
}

/** The bits of the ssl TLV for a client's certificate: shown on this connection, or when the session began. */
export function certificateBits({
  clientName,
  clientCertificate,
  certificateUsed,
  resumed = false,
}: TlsDescription): number {
  if (clientName === '' && clientCertificate === undefined && certificateUsed !== true) return 0;
  return (resumed ? 0 : sslClient.certificateOnConnection) | sslClient.certificateInSession;
}

/** An ssl TLV: the `client` bits, the `verify` result (0 is "presented and verified"), and the nested TLVs. */
export function sslTlv(client: number, verify: number, inner: readonly Tlv[]): Tlv {
  const head = Buffer.allocUnsafe(5);
  head.writeUInt8(client, 0);
  head.writeUInt32BE(verify, 1);
  return { type: tlvType.ssl, value: Buffer.concat([head, writeTlvs(inner)]) };
}

/** TLVs of texts; those that are empty are left out. */
export function present(pairs: readonly (readonly [number, string])[]): Tlv[] {
  return pairs.filter(([, value]) => value !== '').map(([type, value]) => ({ type, value: Buffer.from(value) }));
}

function hasVerifiedCertificate(ssl: Buffer): boolean {
  return hasCertificate(ssl) && ssl.readUInt32BE(1) === 0;
}

function hasCertificate(ssl: Buffer): boolean {
  return (ssl.readUInt8(0) & (sslClient.certificateOnConnection | sslClient.certificateInSession)) !== 0;
}

/** A view would keep everything that was read with it. */
function ownBytes(value: Buffer | undefined): Buffer | undefined {
  return value === undefined ? undefined : Buffer.from(value);
}

/** The last of several counts, as in HAProxy. */
function find(tlvs: readonly Tlv[], type: number): Buffer | undefined {
  return tlvs.findLast((tlv) => tlv.type === type)?.value;
}

/** Text that is not UTF-8, or that would break a log line or a header (control characters), is treated as absent. */
function text(tlvs: readonly Tlv[], type: number): string {
  const value = find(tlvs, type)?.toString('utf8') ?? '';
  return /[\p{Cc}\ufffd]/u.test(value) ? '' : value;
}
