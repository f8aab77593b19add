import { ja4Of } from '@headgate/shared/tls/ja4';
import type { Hello } from './hello.ts';
import type { ProxyHeader } from '@headgate/shared/proxy-protocol/header';
import { tlvType } from '@headgate/shared/proxy-protocol/tlv';
import type { CertificateNames, NamedCertificate, Service } from '../model/snapshot.ts';
import { matchesPattern } from '../certificate/select.ts';
import type { Arrival } from './arrivals.ts';
import type { Handshakes } from './handshakes.ts';
import type { OpeningSettings } from './opening.ts';

/** Where a connection goes, by the name it requests. */
export type Direction<Other> =
  | { readonly kind: 'handshake'; readonly variant: number }
  | { readonly kind: 'several'; readonly certificate: NamedCertificate }
  | { readonly kind: 'other'; readonly service: Other }
  | { readonly kind: 'refused'; readonly why: string };

/** What a service has to read of a connection before its handshake. */
export function openingOf({ acceptProxy, negotiation, secondaries, tls, outbound, ja4 }: Service): OpeningSettings {
  const names = tls?.names;
  return {
    acceptProxy,
    // With `client = yes` it is the server that negotiates.
    negotiation: outbound === undefined ? negotiation : undefined,
    looksAtName: ja4 || secondaries.length > 0 || (names !== undefined && decidesMore(names)),
  };
}

/** The name that a client requests decides whether it is served, by whom, and what is demanded of it. */
export function admitsByName({ secondaries, tls }: Pick<Service, 'secondaries' | 'tls'>): boolean {
  return secondaries.length > 0 || tls?.names?.strict === true || (tls?.names?.variants.length ?? 0) > 0;
}

/** A name decides about more than which single certificate is sent. */
function decidesMore({ strict, variants, exact, wildcard }: CertificateNames): boolean {
  return (
    strict ||
    variants.length > 0 ||
    [...exact.values(), ...wildcard.values()].some((one) => (one?.pairs.length ?? 0) > 1)
  );
}

/** `name`: what the ClientHello requested; empty for none. */
export function directionOf<Other>(
  name: string,
  handshakes: Pick<Handshakes, 'find' | 'strict' | 'fallback'> | undefined,
  secondaries: readonly { readonly pattern: string; readonly service: Other }[],
): Direction<Other> {
  const other = name === '' ? undefined : secondaries.find(({ pattern }) => matchesPattern(pattern, name));
  if (other !== undefined) return { kind: 'other', service: other.service };
  const named = name === '' ? undefined : handshakes?.find(name);
  if (named === undefined && handshakes?.strict === true) return { kind: 'refused', why: unservedName(name) };
  const certificate = named ?? handshakes?.fallback;
  if (certificate !== undefined && certificate.pairs.length > 1) return { kind: 'several', certificate };
  return { kind: 'handshake', variant: named?.variant ?? 0 };
}

/** The secondaries of a service, by the services of its configuration. */
export function linked<Other>(
  secondaries: Service['secondaries'],
  services: ReadonlyMap<string, Other>,
): readonly { readonly pattern: string; readonly service: Other }[] {
  return secondaries.flatMap(({ pattern, service: name }) => {
    const service = services.get(name);
    return service === undefined ? [] : [{ pattern, service }];
  });
}

/** The client is who a PROXY header says; one without addresses (LOCAL, UNKNOWN) changes nothing of that. */
export function adopt(
  arrival: Pick<Arrival, 'peer' | 'local' | 'uniqueId'>,
  { source, destination, tlvs }: Pick<ProxyHeader, 'source' | 'destination' | 'tlvs'>,
): void {
  const id = tlvs.findLast(({ type }) => type === tlvType.uniqueId)?.value;
  // A view would keep everything that was read with it.
  if (id !== undefined) arrival.uniqueId = Buffer.from(id);
  if (source === undefined || destination === undefined) return;
  arrival.peer = source;
  arrival.local = destination;
}

/** Of what a client has sent first, where the service logs it. */
export function fingerprintOf(hello: Hello | undefined, { ja4 }: Pick<Service, 'ja4'>): string | undefined {
  return ja4 && hello?.kind === 'hello' ? ja4Of({ ...hello, protocols: hello.alpn }) : undefined;
}

/** Why a client that has finished its handshake must not be served: the name it ended with is not the one that was decided about. */
export function deceived(
  name: string,
  { unread, requested }: Pick<Arrival, 'unread' | 'requested'>,
): string | undefined {
  if (unread === true) return 'its ClientHello is too large or malformed: the name it requests could not be looked up';
  if (requested === undefined || name.toLowerCase() === requested) return undefined;
  return `the client requested ${quoted(requested)} first and ${quoted(name)} when it was asked to repeat itself`;
}

function unservedName(name: string): string {
  if (name === '') return 'the client requested no server name (strictSni)';
  return `the client requested ${quoted(name)}, for which there is no certificate (strictSni)`;
}

function quoted(name: string): string {
  return name === '' ? 'no name' : `'${name.slice(0, 255).replaceAll(/[^\x20-\x7E]/g, '?')}'`;
}
