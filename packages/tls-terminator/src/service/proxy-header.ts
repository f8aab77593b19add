import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import type { Tlv } from '@headgate/shared/proxy-protocol/header';
import { tlsTlvs, tlvType } from '@headgate/shared/proxy-protocol/tlv';
import type { TlsDescription } from '@headgate/shared/proxy-protocol/tlv';
import type { Service } from '../model/snapshot.ts';
import type { Arrival } from './arrivals.ts';

/** The header sent to the server before the client's first byte: none, text, or binary with TLS facts. */
export function proxyHeader(
  version: Service['proxyProtocol'],
  { peer, local, uniqueId }: Pick<Arrival, 'peer' | 'local' | 'uniqueId'>,
  tls: TlsDescription,
): Buffer | undefined {
  const endpoints = { source: peer, destination: local };
  switch (version) {
    case 0:
      return undefined;
    case 1:
      return encodeV1(endpoints);
    case 2:
      return encodeV2(endpoints, { tlvs: [...named(uniqueId), ...tlsTlvs(tls)] });
  }
}

/** What the load balancer in front called the connection, which is its name to everything behind it. */
function named(uniqueId: Buffer | undefined): readonly Tlv[] {
  return uniqueId === undefined ? [] : [{ type: tlvType.uniqueId, value: uniqueId }];
}
