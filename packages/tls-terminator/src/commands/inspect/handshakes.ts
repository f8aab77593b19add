import { shakeHands } from '@headgate/shared/doctor/talk';
import type { Logger } from '@headgate/shared/log/logger';
import { isServerName } from '@headgate/shared/net/server-name';
import { select } from '../../certificate/select.ts';
import type { Service, Snapshot, TlsSettings } from '../../model/snapshot.ts';
import { TerminatorRuntime } from '../../run/terminator-runtime.ts';
import { CLIENTS, type ClientKind } from './clients.ts';

/** What one client would get. */
export interface Outcome {
  readonly client: string;
  /** Why it is refused; undefined: it is served. */
  readonly refused: string | undefined;
  readonly version: string;
  readonly cipher: string;
  readonly group: string;
  /** Empty: none. */
  readonly protocol: string;
  /** The file of the certificate, and its key: `EC256`. */
  readonly file: string;
  readonly key: string;
}

/** Names with one certificate and the same settings, and what clients get for them. */
export interface Inspected {
  readonly service: string;
  readonly names: readonly string[];
  /** What is asked of clients: `none`, `optional`, `required`. */
  readonly clientCertificate: string;
  readonly outcomes: readonly Outcome[];
}

type TlsService = Service & { readonly tls: TlsSettings };

const at = { file: '', line: 1, column: 1 };
const silent: Logger = { log: () => {}, flush: () => Promise.resolve() };

/**
 * Does real handshakes with what the configuration describes, on loopback ports that the system chooses, so that the report cannot differ
 * from what clients get. No server is connected to, and nothing else of the configuration takes effect.
 */
export async function inspectServices(
  snapshot: Snapshot,
  wanted: readonly string[],
  names: readonly string[],
): Promise<readonly Inspected[]> {
  const services = snapshot.services.flatMap(({ tls, ...service }) =>
    tls === undefined || (wanted.length > 0 && !wanted.includes(service.name)) ? [] : [{ ...service, tls }],
  );
  const runtime = new TerminatorRuntime({ logger: silent, processLimits: '', renew: async () => undefined });
  try {
    await runtime.apply(onlyHandshakes(snapshot, services));
    const found: Inspected[] = [];
    for (const [index, { tls, name }] of services.entries()) {
      const port = Number(/:(\d+)$/.exec(runtime.addresses[index] ?? '')?.[1]);
      for (const group of groupsOf(tls, names))
        found.push({ ...(await inspectNames(tls, group, port)), service: name });
    }
    return found;
  } finally {
    await runtime.close();
  }
}

/** The services with their TLS alone, each on an address of its own. */
function onlyHandshakes(snapshot: Snapshot, services: readonly TlsService[]): Snapshot {
  return {
    ...snapshot,
    process: { ...snapshot.process, workers: 1 },
    logging: { ...snapshot.logging, level: 'emerg', output: undefined, syslog: false },
    metrics: undefined,
    control: { ...snapshot.control, binds: [] },
    acme: { certificates: [], http: [] },
    services: services.map((service) => ({
      ...service,
      accepts: [{ kind: 'tcp', at, host: '127.0.0.1', port: 0 }],
      // Nothing listens there: sessions end at once after their handshakes.
      connects: [{ kind: 'tcp', at, text: '', hosts: ['127.0.0.1'], port: 1 }],
      secondaries: [],
      negotiation: undefined,
      acceptProxy: false,
      proxyProtocol: 0,
      maxConnections: 0,
      maxHandshakes: 0,
      maxPerAddress: 0,
      tls: onlyServing(service.tls),
    })),
  };
}

/** The clients have no certificate: whether one is demanded is reported, not tried. Responders of OCSP are not asked. */
function onlyServing(tls: TlsSettings): TlsSettings {
  const asked = <T extends Pick<TlsSettings, 'verification'>>(of: T): T => ({
    ...of,
    verification: { ...of.verification, request: false, require: false, redirect: [] },
  });
  const { names } = tls;
  return {
    ...asked(tls),
    certificates: tls.certificates.map(({ staple, ...pair }) => ({
      ...pair,
      staple: staple === undefined ? undefined : { ...staple, responder: undefined },
    })),
    names: names === undefined ? undefined : { ...names, variants: names.variants.map(asked) },
  };
}

/** Names that get the same certificate with the same settings. Without any name: the first of the default certificate, or none. */
function groupsOf({ names, certificate }: TlsSettings, wanted: readonly string[]): readonly (readonly string[])[] {
  if (wanted.length > 0) return wanted.map((name) => [name]);
  const wildcards = [...(names?.wildcard ?? [])].map(([name, found]) => [`*.${name}`, found] as const);
  const groups = Map.groupBy([...(names?.exact ?? []), ...wildcards], ([, found]) => found);
  // Excluded names have none.
  groups.delete(undefined);
  if (groups.size > 0) return [...groups.values()].map((group) => group.map(([name]) => name));
  return [certificate?.names.slice(0, 1) ?? []];
}

async function inspectNames(
  tls: TlsSettings,
  names: readonly string[],
  port: number,
): Promise<Omit<Inspected, 'service'>> {
  const [first = ''] = names;
  const requested = first.replace(/^\*\./, 'any.');
  const outcomes: Outcome[] = [];
  for (const kind of CLIENTS) outcomes.push(await handshake(tls, kind, requested, port));
  const variant = tls.names === undefined ? 0 : (select(tls.names, requested)?.variant ?? 0);
  const { request, require } = tls.names?.variants[variant - 1]?.verification ?? tls.verification;
  return { names, outcomes, clientCertificate: require ? 'required' : request ? 'optional' : 'none' };
}

async function handshake(
  tls: TlsSettings,
  { name: client, manner, nameless }: ClientKind,
  requested: string,
  port: number,
): Promise<Outcome> {
  const { failed, socket, certificate } = await shakeHands(
    { host: '127.0.0.1', port },
    nameless === true || !isServerName(requested) ? undefined : requested,
    manner,
  );
  const none = { version: '', cipher: '', group: '', protocol: '', file: '', key: '' };
  if (socket === undefined) return { client, refused: words(failed ?? ''), ...none };
  const facts = tls.certificates.find(
    ({ facts: { fingerprint256 } }) => fingerprint256 === certificate?.fingerprint256,
  )?.facts;
  const exchange = socket.getEphemeralKeyInfo() as { readonly name?: string } | null;
  const outcome = {
    client,
    refused: undefined,
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    group: exchange?.name ?? 'RSA',
    protocol: socket.alpnProtocol === false || socket.alpnProtocol === null ? '' : socket.alpnProtocol,
    file: facts?.file ?? '',
    key: facts?.keyAlgorithm ?? '',
  };
  socket.destroy();
  return outcome;
}

/** Why a client is refused, by the alert that it gets. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'no TLS version in common (sslVersionMin)'],
  [/HANDSHAKE_FAILURE|NO_SHARED/, 'no cipher, group or kind of key in common'],
  [/UNRECOGNIZED_NAME/, 'there is no certificate for it (strictSni)'],
  [/NO_APPLICATION_PROTOCOL/, 'no protocol in common (alpn)'],
];

function words(code: string): string {
  return REFUSALS.find(([pattern]) => pattern.test(code))?.[1] ?? code;
}
