import { createSecureContext } from 'node:tls';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import { indexOf } from '../certificate/select.ts';
import type { Named } from '../certificate/select.ts';
import type {
  CertificateNames,
  NamedCertificate,
  NegotiatedProtocol,
  NegotiationSettings,
  OutboundTls,
  Secondary,
  Service,
  TlsSettings,
} from '../model/snapshot.ts';
import { compileVerification } from './compile-verification.ts';
import type { NamedDraft, ServiceDraft } from './draft.ts';
import type { Material } from './material.ts';
import { isVersionRange, tlsOptions } from './tls-options.ts';

type Pairs = NamedCertificate['pairs'];

/** One service of the snapshot; undefined when there is something wrong with it, which was reported. */
export function compileService(
  named: NamedDraft,
  material: Material,
  secondaries: readonly Secondary[],
  problems: Problems,
): Service | undefined {
  const { name, draft } = named;
  checkEndpoints(named, problems);
  const negotiation = compileNegotiation(named, problems);
  if (!isVersionRange(draft))
    problems.error(
      name.at,
      `service '${name.text}': ${draft.minVersion} (sslVersionMin) is newer than ${draft.maxVersion} (sslVersionMax)`,
    );
  const tls = draft.client ? undefined : compileServer(named, material, problems);
  const outbound = draft.client ? compileClient(named, material, problems) : undefined;
  if (tls === undefined && outbound === undefined) return undefined;
  return {
    name: name.text,
    at: name.at,
    accepts: draft.accepts.map((accept) =>
      accept.kind === 'tcp' && draft.v6only ? { ...accept, v6only: true } : accept,
    ),
    connects: draft.connects,
    failover: draft.failover,
    localAddress: draft.localAddress,
    tls,
    outbound,
    secondaries,
    negotiation,
    acceptProxy: draft.acceptProxy,
    proxyProtocol: draft.proxyProtocol,
    timeouts: draft.timeouts,
    reset: draft.reset,
    maxConnections: draft.maxConnections,
    maxHandshakes: draft.maxHandshakes,
    maxPerAddress: draft.maxPerAddress,
    ja4: draft.ja4 && tls !== undefined,
    logLevel: draft.logLevel,
    sockets: draft.sockets,
  };
}

/** What was given and is wrong was reported where it stands. */
function checkEndpoints({ name: { at, text }, draft, said }: NamedDraft, problems: Problems): void {
  if (draft.acceptProxy && draft.maxPerAddress > 0)
    problems.error(
      at,
      `service '${text}': maxPerAddress counts the addresses of connections, which with acceptProxy are those of the load balancer; limit clients there`,
    );
  const isSecondary = !draft.client && said.has('sni');
  if (said.has('exec')) return;
  if (draft.accepts.length === 0 && !said.has('accept') && !isSecondary)
    problems.error(at, `service '${text}' does not say where to listen: it needs 'accept'`);
  if (isSecondary && said.has('accept'))
    problems.error(
      at,
      `service '${text}' gets its connections from another one ('sni'): it has no 'accept' of its own`,
    );
  if (draft.connects.length === 0 && !said.has('connect') && !said.has('transparent') && !isSocks(draft, said))
    problems.error(at, `service '${text}' does not say where the bytes go: it needs 'connect'`);
}

/** SOCKS needs no `connect`; that it is not supported was reported. */
function isSocks({ negotiation, proxyProtocol }: ServiceDraft, said: ReadonlySet<string>): boolean {
  return said.has('protocol') && negotiation.protocol === undefined && proxyProtocol === 0;
}

function compileServer(
  { name: { at, text }, draft, said }: NamedDraft,
  material: Material,
  problems: Problems,
): TlsSettings | undefined {
  const { certificate, preSharedKeys } = material;
  const hasKeys = draft.pskSecrets !== undefined;
  if (certificate === undefined && draft.cert === undefined && !said.has('cert') && !hasKeys) {
    if (draft.moreCertificates.length === 0)
      problems.error(at, `service '${text}' has no certificate: it needs 'cert'`);
    return undefined;
  }
  if (certificate === undefined && !hasKeys) return undefined;
  const verification = compileVerification(draft, material.trust, at, problems);
  const pairs = certificate?.pairs ?? [];
  const secureContext = tlsOptions(text, draft, { ...material, pairs }, problems);
  checkContext(text, draft.cert?.at ?? at, secureContext, problems);
  const [first] = pairs;
  return {
    secureContext,
    certificate: first?.facts,
    verification,
    ticketKeys: draft.ticketKeySecret === undefined ? material.ticketKeys : [],
    ticketFile: material.ticketFile,
    alpn: alpnOf(draft),
    names: compileNames(text, draft, material, at, problems),
    certificates: eachOnce([...pairs, ...material.named.flatMap(({ stored }) => stored.pairs)]),
    lists: material.lists,
    trusted: [material.trust, ...material.variants.map(({ trust }) => trust)].flatMap(({ files }) => files),
    preSharedKeys,
  };
}

/** By their files: the same certificate may be in two. */
function eachOnce(pairs: Pairs): Pairs {
  return [...new Map(pairs.map((pair) => [pair.facts.file, pair])).values()];
}

function compileNames(
  name: string,
  draft: ServiceDraft,
  { certificate, named, variants, ticketKeys }: Material,
  at: Position,
  problems: Problems,
): CertificateNames | undefined {
  if (named.length === 0 && !draft.strictSni) return undefined;
  const all: Named[] = [];
  if (draft.cert !== undefined && certificate !== undefined)
    all.push({ certificate: { pairs: certificate.pairs, variant: 0 }, filters: certificate.names });
  for (const { stored, filters, variant } of named)
    all.push({ certificate: { pairs: stored.pairs, variant }, filters: filters.length === 0 ? stored.names : filters });
  const count = new Set(all.flatMap(({ certificate: { pairs } }) => pairs.map(({ facts }) => facts.fingerprint256)))
    .size;
  return {
    ...indexOf(all),
    strict: draft.strictSni,
    fallback:
      certificate === undefined || certificate.pairs.length < 2 ? undefined : { pairs: certificate.pairs, variant: 0 },
    variants: variants.map((variant, index) => {
      const {
        key: _key,
        cert: _cert,
        ...secureContext
      } = tlsOptions(
        // Sessions of one variant must not be resumed in another, which may demand more of clients.
        `${name}\0${index}`,
        variant.draft,
        { pairs: certificate?.pairs ?? [], trust: variant.trust, ticketKeys },
        problems,
      );
      return {
        secureContext,
        verification: compileVerification(variant.draft, variant.trust, at, problems),
        alpn: alpnOf(variant.draft),
      };
    }),
    count,
  };
}

function compileClient(
  { name: { at, text }, draft }: NamedDraft,
  material: Material,
  problems: Problems,
): OutboundTls | undefined {
  const pairs: Pairs = material.certificate?.pairs ?? [];
  const secureContext = tlsOptions(text, draft, { ...material, pairs }, problems);
  checkContext(text, draft.cert?.at ?? at, secureContext, problems);
  const verification = compileVerification(draft, material.trust, at, problems);
  const { chain, pinned } = verification;
  if (!chain && pinned === undefined && draft.pskSecrets === undefined)
    problems.warning(
      at,
      `service '${text}' verifies no server: any server is trusted; write verifyChain = yes, CAfile and checkHost`,
    );
  else if (
    chain &&
    verification.hosts.length + verification.addresses.length + verification.emails.length === 0 &&
    pinned === undefined
  )
    problems.warning(
      at,
      `service '${text}' accepts a certificate for any name; write checkHost with the name of the server`,
    );
  return {
    secureContext,
    verification,
    serverName: draft.sni.at(-1)?.text,
    alpn: alpnOf(draft),
    sessionResume: draft.sessionResume,
    preSharedKey: preSharedKeyOf(draft, material, at, problems),
  };
}

function preSharedKeyOf(
  { pskIdentity }: ServiceDraft,
  { preSharedKeys }: Material,
  at: Position,
  problems: Problems,
): OutboundTls['preSharedKey'] {
  const [first] = preSharedKeys;
  if (first === undefined) return undefined;
  const identity = pskIdentity ?? first[0];
  const key = preSharedKeys.get(identity);
  if (key !== undefined) return { identity, key };
  problems.error(at, `PSKidentity '${identity}' is not in PSKsecrets`);
  return undefined;
}

function alpnOf({ alpn, http1 }: ServiceDraft): readonly string[] {
  if (http1) return alpn.filter((name) => name !== 'h2' && name !== 'none');
  return alpn.length === 1 && alpn[0] === 'none' ? [] : alpn;
}

function checkContext(name: string, at: Position, options: TlsSettings['secureContext'], problems: Problems): void {
  try {
    createSecureContext(options);
  } catch (error) {
    problems.error(
      at,
      `service '${name}': OpenSSL does not take these TLS options: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Protocols that stunnel negotiates with clients; the others only with servers. */
const WITH_CLIENTS: readonly NegotiatedProtocol[] = ['imap', 'pgsql', 'pop3', 'smtp'];

function compileNegotiation(
  { name: { at, text }, draft }: NamedDraft,
  problems: Problems,
): NegotiationSettings | undefined {
  const { protocol, host, username, password, authentication, headers } = draft.negotiation;
  if (draft.proxyProtocol !== 0 && draft.client)
    problems.error(
      at,
      `service '${text}': the PROXY header is for servers that get plain bytes, not with client = yes`,
    );
  if (protocol === undefined) return undefined;
  if (!draft.client && !WITH_CLIENTS.includes(protocol) && protocol !== 'connect')
    problems.error(
      at,
      `service '${text}': protocol ${protocol} is only negotiated with servers (client = yes), as in stunnel`,
    );
  // stunnel accepts it in a server section and does nothing.
  if (!draft.client && protocol === 'connect') {
    problems.warning(at, `service '${text}': protocol connect has no effect without client = yes`);
    return undefined;
  }
  if (protocol === 'connect' && host === undefined)
    problems.error(
      at,
      `service '${text}': protocol connect needs protocolHost, the host:port that the proxy is asked for`,
    );
  return {
    protocol,
    host,
    username,
    password,
    authentication: authentication ?? (protocol === 'smtp' ? 'plain' : 'basic'),
    headers,
  };
}
