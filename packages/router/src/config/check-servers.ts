import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { hasBackend } from './proxy-kind.ts';
import type { ProxyDraft } from './draft.ts';
import { onePerLine } from './server-draft.ts';
import type { ServerDraft } from './server-draft.ts';
import { agentPort, checkPort, trackedKey } from './resolve-server.ts';

/** What words of a server demand of each other. */
export function checkServers({ servers, settings }: ProxyDraft, problems: Problems): void {
  for (const { name, at, relative, parameters } of onePerLine(servers)) {
    const { check, track, observe, agent, proxy } = parameters;
    if (proxy !== undefined && proxy.size > 0 && !proxy.has('v2') && !proxy.has('v1'))
      problems.warning(
        at,
        `server '${name}' has 'proxy-v2-options' without 'send-proxy-v2': it is sent version 1, as by HAProxy`,
      );
    if (agent === true && agentPort(parameters) === undefined)
      problems.error(at, `server '${name}' has 'agent-check' without 'agent-port': write the port of its agent`);
    if (check === true && track !== undefined)
      problems.error(
        track.at,
        `server '${name}' has 'check' and 'track': it has checks of its own, or follows another`,
      );
    if (check !== true && observe !== undefined)
      problems.warning(at, `'observe' has no effect on server '${name}' without 'check'`);
    // HAProxy: the connects of a script may have ports of their own.
    if (check !== true || relative?.port !== true || settings.checkKind?.kind === 'tcp-check') continue;
    if (checkPort(parameters) === undefined)
      problems.error(at, `server '${name}' has neither a port nor a 'port' for its checks`);
  }
}

/** Every server that is followed exists, has checks, or follows one that does, and none follows itself. */
export function checkTracking(proxies: readonly ProxyDraft[], problems: Problems): void {
  const servers = new Map<string, ServerDraft>(
    proxies
      .filter(({ kind }) => hasBackend(kind))
      .flatMap(({ name, servers: all }) => all.map((server) => [`${name}/${server.name}`, server] as const)),
  );
  const drains = new Set(proxies.filter(({ settings }) => settings.disableOn404 === true).map(({ name }) => name));
  const checkDrain = (own: string, other: string, { at }: Word): void => {
    if (drains.has(own) !== drains.has(other))
      problems.error(
        at,
        `'http-check disable-on-404' is in '${drains.has(own) ? own : other}' alone: what follows a server takes its states, so '${drains.has(own) ? other : own}' needs the line too`,
      );
  };
  for (const [key, { parameters }] of servers) {
    const { track } = parameters;
    if (track === undefined) continue;
    const seen = new Set([key]);
    let next = trackedKey(track.text, backendOf(key));
    let followed = servers.get(next);
    for (; followed?.parameters.track !== undefined && !seen.has(next); followed = servers.get(next)) {
      seen.add(next);
      next = trackedKey(followed.parameters.track.text, backendOf(next));
    }
    if (followed === undefined)
      problems.error(track.at, `there is no server '${next}' to follow`, nearest(next, servers.keys()));
    else if (seen.has(next))
      problems.error(track.at, `'track ${track.text}' leads back to '${next}': servers follow each other`);
    else if (followed.parameters.check !== true && followed.parameters.agent !== true)
      problems.error(track.at, `server '${next}' has no 'check' or 'agent-check' that could be followed`);
    else checkDrain(backendOf(key), backendOf(trackedKey(track.text, backendOf(key))), track);
  }
}

function backendOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
