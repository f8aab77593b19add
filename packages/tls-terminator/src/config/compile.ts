import { createSecureContext } from 'node:tls';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Bundle } from '../certificate/bundle.ts';
import { factsOf } from '../certificate/facts.ts';
import type { GlobalDraft, NamedDraft } from './draft.ts';
import type { Drafts } from './read-drafts.ts';
import type { ConnectAddress, Service, Snapshot } from '../model/snapshot.ts';
import { isVersionRange, tlsOptions } from './tls-options.ts';

/** The checked certificate of each service, by its place among the drafts; undefined when it has problems of its own. */
export type Bundles = readonly (Bundle | undefined)[];

/** Makes the snapshot, or reports why there is none. Pure: everything it needs has been read. */
export function compile(
  drafts: Drafts,
  bundles: Bundles,
  files: readonly string[],
  start: Position,
  problems: Problems,
): Snapshot {
  const { global, services: named } = drafts;
  if (named.length === 0)
    problems.error(
      start,
      "there is no service: open one with '[https]' (YAML: under 'services:') and give it accept, connect and cert",
    );
  checkNames(named, problems);
  checkAccepts(named, problems);
  checkLoops(named, problems);
  if (global.user !== undefined && global.group === undefined)
    problems.warning(
      start,
      `'setuid' without 'setgid': the group becomes ${global.user}'s own; write setgid to choose it`,
    );
  return {
    process: { daemon: false, pidFile: global.pidFile, hardStopAfter: global.hardStopAfter },
    logging: {
      level: global.level,
      output: global.output,
      stderr: logsToStderr(global),
      mode: global.mode,
      syslog: global.syslog,
      facility: global.facility,
      tag: global.tag,
    },
    metrics: global.metrics,
    identity: { user: global.user, group: global.group },
    services: named.flatMap((service, index) => compileService(service, bundles[index], problems) ?? []),
    files,
  };
}

function logsToStderr({ foreground, output }: GlobalDraft): boolean {
  return foreground === 'yes' || (foreground !== 'quiet' && output === undefined);
}

function compileService(
  { name, draft, said }: NamedDraft,
  bundle: Bundle | undefined,
  problems: Problems,
): Service | undefined {
  const { at, text } = name;
  // What was given and is wrong was told where it stands.
  if (draft.accepts.length === 0 && !said.has('accept'))
    problems.error(at, `service '${text}' does not say where to listen: it needs 'accept'`);
  if (draft.connects.length === 0 && !said.has('connect'))
    problems.error(at, `service '${text}' does not say where the bytes go: it needs 'connect'`);
  if (draft.cert === undefined && !said.has('cert') && !draft.client)
    problems.error(at, `service '${text}' has no certificate: it needs 'cert'`);
  if (!isVersionRange(draft))
    problems.error(
      at,
      `service '${text}': ${draft.minVersion} (sslVersionMin) is newer than ${draft.maxVersion} (sslVersionMax)`,
    );
  if (bundle === undefined) return undefined;
  const secureContext = tlsOptions(text, draft, bundle, problems);
  try {
    createSecureContext(secureContext);
  } catch (error) {
    problems.error(
      draft.cert?.at ?? at,
      `service '${text}': OpenSSL does not take these TLS options: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return {
    name: text,
    at,
    accepts: draft.accepts,
    connects: draft.connects,
    failover: draft.failover,
    localAddress: draft.localAddress,
    tls: { secureContext, certificate: factsOf(bundle) },
    proxyProtocol: draft.proxyProtocol,
    timeouts: draft.timeouts,
    reset: draft.reset,
    maxConnections: draft.maxConnections,
    logLevel: draft.logLevel,
    sockets: draft.sockets,
  };
}

/** stunnel takes two services of one name; here it tells them apart in logs. */
function checkNames(named: readonly NamedDraft[], problems: Problems): void {
  const lines = new Map<string, number>();
  for (const { name } of named) {
    const before = lines.get(name.text);
    if (before !== undefined)
      problems.error(name.at, `there is a service '${name.text}' on line ${before} already; names must differ`);
    else lines.set(name.text, name.at.line);
  }
}

function checkAccepts(named: readonly NamedDraft[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const { name, draft } of named) {
    for (const accept of draft.accepts) {
      if (accept.kind === 'tcp' && accept.port === 0) continue;
      const address = accept.kind === 'tcp' ? `${accept.host}:${accept.port}` : accept.path;
      const owner = owners.get(address);
      if (owner !== undefined) problems.error(accept.at, `${address} is already accepted on by service '${owner}'`);
      else owners.set(address, name.text);
    }
  }
}

const THIS_MACHINE = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'];

/**
 * A connection that comes back to where it began opens the next, and so on without end. One service that leads to another
 * (TLS in TLS), which leads elsewhere, is no circle.
 */
function checkLoops(named: readonly NamedDraft[], problems: Problems): void {
  const next = new Map(
    named.map((from) => [from, named.filter((to) => from.draft.connects.some((connect) => leadsTo(connect, to)))]),
  );
  for (const from of named) {
    for (const connect of from.draft.connects) {
      const back = named.some((to) => leadsTo(connect, to) && reaches(next, to, from));
      if (back)
        problems.error(
          connect.at,
          `${connect.text} is accepted on by this program itself: bytes would go round in circles`,
        );
    }
  }
}

function reaches(next: ReadonlyMap<NamedDraft, readonly NamedDraft[]>, from: NamedDraft, goal: NamedDraft): boolean {
  const seen = new Set<NamedDraft>([from]);
  for (const service of seen) for (const to of next.get(service) ?? []) seen.add(to);
  return seen.has(goal);
}

function leadsTo(connect: ConnectAddress, { draft }: NamedDraft): boolean {
  return draft.accepts.some((accept) =>
    connect.kind === 'tcp'
      ? accept.kind === 'tcp' &&
        accept.port === connect.port &&
        [accept.host, ...connect.hosts].every((host) => THIS_MACHINE.includes(host))
      : accept.kind === 'unix' && accept.path === connect.path,
  );
}
