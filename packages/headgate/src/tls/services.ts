import type { Bind, BindAddress, Frontend, Terminated } from '@headgate/router/half';
import { madeStatement } from '@headgate/shared/config/made-statement';
import { Problems } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { addressText } from '@headgate/shared/net/endpoint';
import { combined, nodeName, rangeOf, type Version } from '@headgate/shared/tls/versions';
import { CertificateStores } from './certificate-store.ts';
import { defaultsOf } from './defaults.ts';
import { frontendCertificate } from './frontend-certificate.ts';
import { newTlsDraft } from './draft.ts';
import type { TlsDraft, TlsOption, TlsWord } from './draft.ts';
import { serviceName } from './service-name.ts';
import { BIND_WORDS } from './words.ts';

/** A handshake may take what the frontend allows for a silent client, but no longer than this (milliseconds). */
const LONGEST_HANDSHAKE = 300_000;
/** The oldest version of a bind that gives no minimum (HAProxy since 2.2). */
const OLDEST: Version = 'TLSv1.2';

type SecureBind = Bind & { readonly tls: NonNullable<Bind['tls']> };

/**
 * The terminator's half of a router's configuration: a service for each `bind … ssl`, which hands the plain bytes to the private
 * socket of the bind. Every word keeps the place where it was written, so that problems point into the file. Pure.
 */
export function servicesOf(routing: Terminated): {
  readonly raw: RawConfig | undefined;
  readonly problems: Problems['list'];
} {
  const problems = new Problems();
  const defaults = defaultsOf(routing.global.tls, problems);
  const folder = (name: string): string => defaults.options.findLast((each) => each.name === name)?.value.text ?? '';
  const stores = new CertificateStores(routing.certificates, folder('crtBase'), defaults.keyBase, problems);
  const sections = routing.frontends.flatMap((frontend) =>
    frontend.binds.flatMap((bind, index): Section[] =>
      bind.tls === undefined
        ? []
        : serviceOf(frontend, { ...bind, tls: bind.tls }, index, { defaults, stores, problems }),
    ),
  );
  const [first] = sections;
  if (first === undefined) return { raw: undefined, problems: problems.list };
  return { raw: { sections: [globalOf(routing, first.at), ...sections] }, problems: problems.list };
}

/** What the process of the terminator is to do as the router's does. */
function globalOf({ process: { hardStopAfter } }: Terminated, at: Position): Section {
  // 0: as long as the signal allows.
  const statements = [option('hard-stop-after', `${hardStopAfter}ms`, at)];
  return { kind: 'global', name: undefined, rest: [], at, statements };
}

function serviceOf(
  frontend: Frontend,
  bind: SecureBind,
  index: number,
  { defaults, stores, problems }: Surroundings,
): Section[] {
  // Its maxconn is the router's to keep: there connections above it wait, which the terminator would close.
  const { at, tls, acceptProxy } = bind;
  for (const place of tls.places)
    if (place.address.kind === 'unix' && (place.address.mode ?? place.address.uid ?? place.address.gid) !== undefined)
      problems.warning(place.at, "'mode', 'user' and 'group' have no effect on a unix socket with ssl");
  const name = { text: serviceName(frontend, bind, index), at };
  const own = tls.parameters.filter(({ words: [word] }) => word.text === 'ssl-f-use');
  const draft = read(tls.parameters, problems);
  draft.hasCertificate ||= own.length > 0;
  for (const rule of frontend.connectionRules)
    if (/\bexpect-proxy\b/.test(rule.text))
      problems.error(
        rule.at,
        "'expect-proxy' cannot be decided before TLS, which another process terminates: write 'accept-proxy' on the bind",
      );
  if (!draft.hasCertificate) {
    problems.error(
      at,
      "'bind … ssl' has no certificate: it needs 'crt' or 'crt-list', or an 'ssl-f-use' in the frontend",
    );
    return [];
  }
  const timeout = frontend.timeouts.client;
  const handshake = timeout === 0 ? LONGEST_HANDSHAKE : Math.min(timeout, LONGEST_HANDSHAKE);
  const socket = bind.address.kind === 'unix' ? bind.address.path : '';
  const statements: Statement[] = [
    ...tls.places.map((place) => option('accept', acceptText(place.address), place.at)),
    ...(tls.places.some(({ address }) => address.kind === 'tcp' && address.v6only)
      ? [option('socket', 'a:IPV6_V6ONLY=yes', at)]
      : []),
    option('connect', socket, at),
    option('protocol', 'proxy-v2', at),
    option('TIMEOUTbusy', `${handshake}ms`, at),
    // The timeouts of the router end a connection that is silent.
    option('TIMEOUTidle', '0', at),
    ...(acceptProxy ? [option('acceptProxy', 'yes', at)] : []),
    // Clients that were promised h2 would speak it.
    ...(frontend.engine === 'tcp' ? [] : [option('http1', 'yes', at)]),
    // Its connections are in the access log of the router.
    option('debug', 'warning', at),
    ...tlsStatements(withStores(draft, stores, own, problems), defaults, frontend, at, problems),
  ];
  return [{ kind: 'service', name, rest: [], at, statements }];
}

/** What binds refer to. */
interface Surroundings {
  readonly defaults: TlsDraft;
  readonly stores: CertificateStores;
  readonly problems: Problems;
}

/** Its `crt` as the sections `crt-store` have it. */
function withStores(
  draft: TlsDraft,
  stores: CertificateStores,
  own: readonly Statement[],
  problems: Problems,
): TlsDraft {
  const options = draft.options.flatMap((option) =>
    option.name === 'crt' || option.name === 'cert' ? referred(option, stores) : [option],
  );
  const ofFrontend = own.flatMap((statement) => frontendCertificate(statement, stores, problems));
  return { ...draft, options: [...options, ...ofFrontend] };
}

/** `default-crt` of a certificate in a store comes first, which makes it the default one. */
function referred(option: TlsOption, stores: CertificateStores): readonly TlsOption[] {
  const found = stores.optionsOf(option.value);
  return found.length === 1 && found[0]?.name === 'crt' ? [option] : found;
}

function read(parameters: readonly Statement[], problems: Problems): TlsDraft {
  const draft = newTlsDraft();
  const table: Readonly<Record<string, TlsWord>> = BIND_WORDS;
  for (const {
    words: [word, value = word],
  } of parameters)
    table[word.text]?.apply(draft, value, word.at, problems);
  return draft;
}

function tlsStatements(
  own: TlsDraft,
  defaults: TlsDraft,
  frontend: Frontend,
  at: Position,
  problems: Problems,
): Statement[] {
  const range = rangeOf(combined(own.versions, defaults.versions), OLDEST);
  if (range === undefined) problems.error(at, 'no TLS version is left that this bind could speak');
  const statements = [
    // What the bind says itself comes last, and wins.
    ...onlyLast([...defaults.options, ...own.options]).map(({ name, value }) => madeStatement(value.at, name, value)),
    ...(range === undefined
      ? []
      : [option('sslVersionMin', nodeName(range.min), at), option('sslVersionMax', nodeName(range.max), at)]),
    ...(range?.holes ?? []).map((version) => option('options', `NO_${nodeName(version)}`, at)),
    ...(own.clientsChoice || defaults.clientsChoice ? [] : [option('options', 'CIPHER_SERVER_PREFERENCE', at)]),
  ];
  const { verify, alpn } = own;
  if (verify !== undefined && verify.text !== 'none' && !own.hasAuthorities)
    problems.error(verify.at, `'verify ${verify.text}' needs 'ca-file': the authorities of the clients' certificates`);
  if (verify !== undefined) statements.push(madeStatement(verify.at, 'verify', verify));
  if (alpn !== undefined)
    statements.push(madeStatement(alpn.at, 'alpn', protocolsOf(alpn, frontend.engine === 'tcp', problems)));
  return statements;
}

/** Options that may be given several times; of all others the last counts, and the terminator warns of the rest. */
const REPEATED: ReadonlySet<string> = new Set(['crt', 'crtList', 'certificate', 'acmeNames', 'options']);

function onlyLast(options: readonly TlsOption[]): readonly TlsOption[] {
  return options.filter(
    ({ name }, index) => REPEATED.has(name) || !options.slice(index + 1).some((later) => later.name === name),
  );
}

/** Reports that h2 is not offered in mode http, which the terminator is asked for. */
function protocolsOf(alpn: Word, any: boolean, problems: Problems): Word {
  if (!any && alpn.text.split(',').some((name) => name.trim() === 'h2'))
    problems.warning(alpn.at, "'h2' is not offered to clients: the router speaks HTTP/1.1");
  return alpn;
}

function acceptText(address: BindAddress): string {
  return address.kind === 'unix' ? address.path : addressText(address.host, address.port);
}

function option(name: string, text: string, at: Position): Statement {
  return madeStatement(at, name, text);
}
