import type { Problems } from '@headgate/shared/config/problem';
import { readsOf } from '../rules/reads.ts';
import { indexed } from '../rules/rule-index.ts';
import { isPure } from '../sample/phase.ts';
import type { ProcessSettings } from '@headgate/shared/process/product';
import type { Control } from '../model/control.ts';
import { NO_TIMEOUTS } from '../model/timeouts.ts';
import type { ConnectionPlan } from '../model/connection-plan.ts';
import type { TerminatorPlace } from '../model/terminator-place.ts';
import { withCertificates } from './bind-tls.ts';
import { GLOBAL_DIRECTIVES, PROXY_DIRECTIVES } from './directives.ts';
import { DEFAULT_REDISPATCH } from './directives/retrying.ts';
import { statsRulesOf } from './statistics.ts';
import { TIMEOUTS, tarpitTime } from './directives/timeouts.ts';
import { hasBackend, hasFrontend } from './proxy-kind.ts';
import type { GlobalDraft, ProxyDraft, Settings } from './draft.ts';
import type { Backend, Frontend, GlobalConfig, LogTarget, Proxy, Timeouts } from '../model/snapshot.ts';
import { tracksKeys } from './table-references.ts';
import { headerNameRules } from './header-names.ts';
import { BACK_FLAGS, FRONT_FLAGS, PROXY_FLAGS, resolveFlags } from './flags.ts';
import { resolvePersistence } from './resolve-persistence.ts';
import { resolveServers } from './resolve-server.ts';
import { contentRules, logFormatOf, logsServerEnds, needsRequest } from './tcp-mode.ts';
import { checkExternal, checkScript } from './check/script.ts';

const { backlog, balance, engine, 'hash-type': hashType, 'http-reuse': httpReuse, retries } = PROXY_DIRECTIVES;

/** The control sockets. As HAProxy has it: 10 s, 10 connections. */
export function resolveControl({ controlBinds = [], controlTimeout, controlMaxconn }: GlobalDraft): Control {
  return { binds: controlBinds, timeout: controlTimeout ?? 10_000, maxconn: controlMaxconn ?? 10 };
}

/** What concerns the process. */
export function resolveProcess(draft: GlobalDraft, workers: number): ProcessSettings {
  const { daemon, pidFile, hardStopAfter, oldProcesses, user, group } = draft;
  return {
    daemon: daemon ?? false,
    pidFile,
    hardStopAfter: hardStopAfter ?? 0,
    ...(oldProcesses === undefined ? {} : { oldProcesses }),
    ...(workers === 1 ? {} : { workers }),
    ...(user === undefined && group === undefined ? {} : { identity: { user, group } }),
  };
}

/** Turns the collected `global` settings into their part of the snapshot. */
export function resolveGlobal(
  draft: GlobalDraft,
  connections: ConnectionPlan,
  terminator: TerminatorPlace | undefined,
): Omit<GlobalConfig, 'readsLoad'> {
  return {
    ...(terminator === undefined ? {} : { terminator }),
    maxconn: connections.maxconn,
    rates: { connections: draft.connectionRate ?? 0, sessions: draft.sessionRate ?? 0 },
    ...(draft.node === undefined ? {} : { node: draft.node }),
    connections,
    nbproc: draft.nbproc ?? GLOBAL_DIRECTIVES.nbproc.default,
    maxHeadBytes:
      (draft.bufsize ?? GLOBAL_DIRECTIVES['tune.bufsize'].default) -
      (draft.maxrewrite ?? GLOBAL_DIRECTIVES['tune.maxrewrite'].default),
    maxEditedBytes: draft.bufsize ?? GLOBAL_DIRECTIVES['tune.bufsize'].default,
    maxHeaders: (draft.maxHeadLines ?? GLOBAL_DIRECTIVES['tune.http.maxhdr'].default) - 1,
    drainTimeout: draft.drainTimeout ?? GLOBAL_DIRECTIVES['drain-timeout'].default,
    compression: {
      level: draft.compressionLevel ?? GLOBAL_DIRECTIVES['tune.comp.maxlevel'].default,
      memory: (draft.compressionMemory ?? GLOBAL_DIRECTIVES.maxzlibmem.default) * 1_000_000,
      rate: (draft.compressionRate ?? GLOBAL_DIRECTIVES.maxcomprate.default) * 1024,
    },
    variables: draft.variables ?? [],
    tls: draft.tls ?? [],
    spreadChecks: draft.spreadChecks ?? GLOBAL_DIRECTIVES['spread-checks'].default,
    maxSpreadChecks: draft.maxSpreadChecks ?? GLOBAL_DIRECTIVES['max-spread-checks'].default,
  };
}

export function resolveFrontend(draft: ProxyDraft, global: GlobalDraft, number: number): Frontend {
  const { settings } = draft;
  const useBackends = indexed(draft.useBackends.map(({ rule }) => rule));
  const stats = statsRulesOf(draft, global);
  const reads = readsOf([...draft.contentRules, ...draft.requestRules, ...stats, ...draft.redirects, ...useBackends]);
  const tracks = tracksKeys([...draft.connectionRules, ...draft.sessionRules, ...draft.contentRules]);
  const defaultBackend = settings.defaultBackend?.text ?? (draft.kind === 'listen' ? draft.name : undefined);
  return {
    ...proxy(draft, global, number),
    contentRules: contentRules(draft),
    requestRules: indexed([...draft.requestRules, ...headerNameRules(settings.headerNames, draft.at)]),
    statsRules: stats,
    redirects: indexed(draft.redirects),
    responseRules: draft.responseRules,
    afterResponseRules: draft.afterResponseRules,
    engine: settings.mode === 'tcp' ? 'tcp' : (settings.engine ?? engine.default),
    keepAlive: settings.probes.client === true ? { after: settings.probes.clientAfter ?? 0 } : undefined,
    binds: draft.binds.map((bind) => ({
      ...withCertificates(bind, draft.certificates),
      backlog: [bind.backlog, settings.backlog].find((given) => (given ?? 0) > 0) ?? backlog.default,
    })),
    maxconn: settings.maxconn ?? 0,
    sessionRate: settings.sessionRate ?? 0,
    logFormat: logFormatOf(settings),
    logsServerEnds: logsServerEnds(settings),
    captures: capturesOf(draft),
    logStructured: settings.logStructured,
    errorLogFormat: settings.errorLogFormat,
    uniqueId: settings.uniqueId?.render,
    uniqueIdHeader: settings.uniqueIdHeader,
    ...resolveFlags(FRONT_FLAGS, settings.flags),
    connectionRules: draft.connectionRules,
    sessionRules: draft.sessionRules,
    tracks,
    useBackends,
    reads,
    // A request that was counted without its rules being asked would be one too few.
    pure: isPure(reads) && !tracks,
    defaultBackend,
    monitorUri: settings.monitorUri,
    monitorFail: draft.monitorFail,
  };
}

function capturesOf({ captures }: ProxyDraft): Frontend['captures'] {
  const { request, response, cookie } = captures;
  return request.length + response.length === 0 && cookie === undefined ? undefined : { request, response, cookie };
}

/** The rules of a `listen` run once, in its frontend half. */
export function resolveBackend(draft: ProxyDraft, global: GlobalDraft, number: number, problems: Problems): Backend {
  const { settings } = draft;
  const rulesRunInFrontend = draft.kind === 'listen' && draft.binds.length > 0;
  checkExternal(draft, global, problems);
  return {
    ...proxy(draft, global, number),
    tracks: false,
    mode: settings.mode ?? 'http',
    answerDelay: settings.inspectDelay?.['tcp-response'] ?? 0,
    responseContentRules: draft.responseContentRules,
    contentRules: rulesRunInFrontend ? [] : contentRules(draft),
    requestRules: indexed(
      rulesRunInFrontend ? [] : [...draft.requestRules, ...headerNameRules(settings.headerNames, draft.at)],
    ),
    statsRules: rulesRunInFrontend ? [] : statsRulesOf(draft, global),
    redirects: indexed(rulesRunInFrontend ? [] : draft.redirects),
    responseRules: draft.responseRules,
    afterResponseRules: draft.afterResponseRules,
    balance: {
      name: balance.default,
      args: [],
      ...(settings.mode === 'tcp' && needsRequest(settings) ? {} : settings.balance),
      ...(settings.hash ?? { hash: hashType.default }),
      ...(settings.hashFactor !== undefined && { factor: settings.hashFactor }),
    },
    disabled: settings.disabled ?? false,
    servers: settings.disabled === true ? [] : resolveServers(draft, global, problems),
    persistence: resolvePersistence(draft),
    retries: settings.retries ?? retries.default,
    redispatch: settings.redispatch ?? DEFAULT_REDISPATCH[draft.dialect ?? 'haproxy'],
    retryOn: settings.retryOn ?? new Set([PROXY_DIRECTIVES['retry-on'].default]),
    checkScript: checkScript(draft),
    disableOn404: settings.disableOn404 ?? false,
    ...(draft.kind === 'listen' && { listens: true }),
    ...resolveFlags(BACK_FLAGS, settings.flags),
    ...(settings.balance?.name === 'url_param' && { balancesPosts: true }),
    nameHeader: settings.nameHeader,
    fullconn: settings.fullconn ?? 0,
    reuse: settings.reuse ?? httpReuse.default,
  };
}

function proxy(
  draft: ProxyDraft,
  global: GlobalDraft,
  number: number,
): Omit<
  Proxy,
  'tracks' | 'contentRules' | 'requestRules' | 'statsRules' | 'redirects' | 'responseRules' | 'afterResponseRules'
> {
  const { kind, name, at, settings } = draft;
  const tag = settings.logTag ?? global.logTag ?? GLOBAL_DIRECTIVES['log-tag'].default;
  const targets: readonly LogTarget[] = [...(settings.logGlobal ? global.log : []), ...settings.log];
  return {
    name,
    number,
    ...(settings.description === undefined ? {} : { description: settings.description }),
    at,
    timeouts: { ...timeouts(kind, settings.timeouts), tarpit: tarpitTime(draft) },
    connectionMode: settings.connectionMode ?? 'keep-alive',
    forwardFor: settings.forwardFor,
    ...(settings.compression === undefined ? {} : { compression: settings.compression }),
    ...(settings.webSocket === undefined ? {} : { webSocket: settings.webSocket }),
    originalTo: settings.originalTo,
    log: targets.map((target) => named({ ...target, tag }, global.logHostname)),
    inspectDelay: settings.inspectDelay?.['tcp-request'] ?? 0,
    errorAnswers: settings.errorAnswers,
    ...resolveFlags(PROXY_FLAGS, settings.flags),
  };
}

/** `log-send-hostname`: lines without a name of a machine get one. */
function named(target: LogTarget, hostname: string | undefined): LogTarget {
  if (hostname === undefined || target.format !== 'local') return target;
  return { ...target, format: 'rfc3164', ...(hostname === '' ? {} : { hostname }) };
}

/** A side that the proxy does not have stays 0. The fallbacks are HAProxy's: keep-alive falls back to the request timeout, queue to the connect timeout. */
function timeouts(kind: ProxyDraft['kind'], given: Settings['timeouts']): Timeouts {
  const client = given.client ?? 0;
  const httpRequest = given.httpRequest ?? TIMEOUTS['http-request'].default;
  const front = {
    client,
    clientFin: given.clientFin ?? TIMEOUTS['client-fin'].default,
    httpRequest,
    httpKeepAlive: given.httpKeepAlive ?? (httpRequest === 0 ? client : httpRequest),
  };
  const connect = given.connect ?? 0;
  const back = {
    connect,
    queue: given.queue ?? connect,
    server: given.server ?? 0,
    serverFin: given.serverFin ?? TIMEOUTS['server-fin'].default,
    tunnel: given.tunnel ?? 0,
    check: given.check ?? 0,
  };
  return { ...NO_TIMEOUTS, ...(hasFrontend(kind) ? front : {}), ...(hasBackend(kind) ? back : {}) };
}
