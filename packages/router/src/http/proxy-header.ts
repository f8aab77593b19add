import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import type { Tlv } from '@headgate/shared/proxy-protocol/header';
import { certificateBits, present, sslClient, sslTlv, tlvType } from '@headgate/shared/proxy-protocol/tlv';
import type { Evaluation } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { ProxyOption, Server } from '../model/server.ts';

/** What a PROXY header introduces. `uniqueId` is made when it is read, which only `proxy-v2-options unique-id` does. */
type Introduced = Pick<Evaluation, 'connection' | 'uniqueId'>;

/** The PROXY header for a server with `send-proxy` (1) or `send-proxy-v2` (2): the client's own addresses. */
export function proxyHeaderFor(on: Introduced, { sendProxy, proxyOptions = [] }: Server): Buffer {
  const { connection } = on;
  const { client: source, destination } = connection;
  if (sendProxy === 1) return encodeV1({ source, destination });
  const has = (option: ProxyOption): boolean => proxyOptions.includes(option);
  return encodeV2(
    { source, destination },
    { tlvs: fieldsOf(connection, has, has('unique-id') ? (on.uniqueId ?? '') : undefined), crc32c: has('crc32c') },
  );
}

/** The same for a new connection, where TLS makes it go first; undefined where the server wants none. */
export function greetingFor(on: Introduced, server: Server): (() => Buffer) | undefined {
  return server.sendProxy === 0 ? undefined : () => proxyHeaderFor(on, server);
}

/** In HAProxy's order. As there the protocol of ALPN needs no option. */
function fieldsOf(
  { tls, authority }: ConnectionFacts,
  has: (option: ProxyOption) => boolean,
  uniqueId: string | undefined,
): readonly Tlv[] {
  return [
    ...present([
      [tlvType.alpn, tls?.alpn ?? ''],
      [tlvType.authority, has('authority') ? ((authority || tls?.sni) ?? '') : ''],
    ]),
    ...(uniqueId === undefined ? [] : [{ type: tlvType.uniqueId, value: Buffer.from(uniqueId, 'latin1') }]),
    ...(has('ssl') ? [sslField(tls, has)] : []),
  ];
}

function sslField(tls: ConnectionFacts['tls'], has: (option: ProxyOption) => boolean): Tlv {
  if (tls === undefined) return sslTlv(0, 0, []);
  const inner = present([
    [tlvType.sslVersion, tls.version],
    [tlvType.sslCommonName, has('cert-cn') ? tls.clientName : ''],
    [tlvType.sslKeyAlgorithm, has('cert-key') ? (tls.keyAlgorithm ?? '') : ''],
    [tlvType.sslSignatureAlgorithm, has('cert-sig') ? (tls.signatureAlgorithm ?? '') : ''],
    [tlvType.sslCipher, has('ssl-cipher') ? tls.cipher : ''],
  ]);
  const shown = certificateBits(tls);
  return sslTlv(sslClient.tls | shown, shown === 0 ? 0 : (tls.verify ?? 0), inner);
}
