import { Problems } from '@headgate/shared/config/problem';
import { PLAIN_CHECK, type AgentConfig, type CheckTls } from '../model/server.ts';
import type { CheckConfig, Server } from '../model/snapshot.ts';
import type { GlobalDraft, ProxyDraft, Settings } from './draft.ts';
import type { ServerDraft, ServerParameters } from './server-draft.ts';
import { checkedApart, tlsOf, type ResolvedTls } from './resolve-server-tls.ts';
import { proxyOptions, proxyVersion } from './server-proxy.ts';
import { serverCookie } from './resolve-persistence.ts';
import { laterNamesOf, namesOf } from './server-names.ts';

/** HAProxy: servers without `id` are numbered in their order with what is free. */
export function resolveServers(
  { name, servers, settings }: ProxyDraft,
  global: GlobalDraft,
  problems: Problems,
): readonly Server[] {
  const endsBackups = servers.some(({ parameters }) => parameters.onMarkedUp === true);
  const taken = new Set(servers.map(({ parameters }) => parameters.number));
  let next = 1;
  return servers.map((draft, index) => {
    while (taken.has(next)) next += 1;
    const id = draft.parameters.number ?? next;
    if (draft.parameters.number === undefined) next += 1;
    // What is wrong with the TLS of a `server-template` has been reported of its first server.
    const found = draft.at === servers[index - 1]?.at ? new Problems() : problems;
    const tls = tlsOf(draft, settings, global, found);
    return server(draft, id, settings, { backend: name, endsBackups, tls });
  });
}

function server(
  draft: ServerDraft,
  id: number,
  settings: Settings,
  { backend, endsBackups, tls }: { readonly backend: string; readonly endsBackups: boolean; readonly tls: ResolvedTls },
): Server {
  const { name, at, address, parameters } = draft;
  const maxconn = parameters.maxconn ?? 0;
  return {
    name,
    id,
    relative: draft.relative,
    source: (parameters.source ?? settings.source) || undefined,
    keepAlive: settings.probes.server === true ? { after: settings.probes.serverAfter ?? 0 } : undefined,
    names: namesOf(draft),
    laterNames: laterNamesOf(draft),
    redirect: parameters.redirect,
    nonStick: parameters.nonStick ?? false,
    cookie: serverCookie(draft, settings),
    at,
    address,
    weight: parameters.weight ?? 1,
    // HAProxy counts whole seconds.
    slowstart: Math.ceil((parameters.slowstart ?? 0) / 1000) * 1000,
    track: parameters.track === undefined ? undefined : trackedKey(parameters.track.text, backend),
    endsSessions: parameters.onMarkedDown === true || (endsBackups && parameters.backup === true),
    onMarkedDown: parameters.onMarkedDown ?? false,
    onMarkedUp: parameters.onMarkedUp ?? false,
    observe:
      parameters.observe === undefined
        ? undefined
        : { layer: parameters.observe, limit: parameters.errorLimit ?? 10, action: parameters.onError ?? 'fail-check' },
    maxconn,
    minconn: parameters.minconn ?? 0,
    maxqueue: parameters.maxqueue ?? 0,
    check: parameters.check === true ? check(parameters, tls.checks) : undefined,
    ...(parameters.check !== true && parameters.rise !== undefined ? { rise: parameters.rise } : {}),
    agent: agent(parameters),
    backup: parameters.backup ?? false,
    disabled: parameters.disabled ?? false,
    sendProxy: proxyVersion(parameters),
    proxyOptions: proxyOptions(parameters),
    tls: tls.traffic,
    tlsReady: tls.ready,
    tlsRefused: parameters.tls?.ssl === false || undefined,
    hashKey: parameters.hashKey,
    poolMaxConn: parameters.poolMaxConn ?? -1,
    maxReuse: parameters.maxReuse ?? -1,
    poolPurgeDelay: parameters.poolPurgeDelay ?? 5000,
  };
}

function check(parameters: ServerDraft['parameters'], tls: CheckTls | undefined): CheckConfig {
  const inter = parameters.inter ?? PLAIN_CHECK.inter;
  return {
    tls,
    inter,
    fastinter: parameters.fastinter ?? inter,
    downinter: parameters.downinter ?? inter,
    rise: parameters.rise ?? PLAIN_CHECK.rise,
    fall: parameters.fall ?? PLAIN_CHECK.fall,
    port: checkPort(parameters),
    host: parameters.checkHost,
    path: parameters.checkPath,
    // As in HAProxy no-check-send-proxy undoes check-send-proxy, and not what checks take over from the traffic.
    sendProxy: parameters.checkSendProxy === true || (proxyVersion(parameters) !== 0 && !checkedApart(parameters)),
  };
}

/** As in HAProxy `port` wins over the port of `addr`, whichever comes first. */
export function checkPort({ checkPort: own, checkAddressPort }: ServerParameters): number | undefined {
  return own ?? checkAddressPort;
}

/** As in HAProxy `port` and `addr` are for the agent too, unless it has its own. One without a port has been reported. */
function agent({ agent: wanted, ...parameters }: ServerParameters): AgentConfig | undefined {
  const port = agentPort(parameters);
  if (wanted !== true || port === undefined) return undefined;
  return {
    inter: parameters.agentInter ?? PLAIN_CHECK.inter,
    port,
    host: parameters.agentHost ?? parameters.checkHost,
    send: parameters.agentSend ?? '',
  };
}

export function agentPort(parameters: ServerParameters): number | undefined {
  return parameters.agentPort ?? checkPort(parameters);
}

/** `track server` follows one of the same backend. */
export function trackedKey(written: string, backend: string): string {
  return written.includes('/') ? written : `${backend}/${written}`;
}
