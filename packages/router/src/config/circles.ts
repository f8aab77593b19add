import type { Problems } from '@headgate/shared/config/problem';
import { hasBackend, hasFrontend } from './proxy-kind.ts';
import type { ProxyDraft } from './draft.ts';
import type { ServerDraft } from './server-draft.ts';
import type { BindAddress } from '../model/snapshot.ts';

const THIS_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const EVERY_ADDRESS: ReadonlySet<string | undefined> = new Set([undefined, '0.0.0.0', '::']);

/**
 * Warns of servers that lead back to the frontend of the request: each request would loop until every connection
 * is used up. A server that is another frontend of this process and leads elsewhere is not a loop. Addresses of this machine
 * other than loopback are known only where a bind names them.
 */
export function warnOfCircles(proxies: readonly ProxyDraft[], problems: Problems): void {
  const frontends = proxies.filter(({ kind }) => hasFrontend(kind));
  const backends = new Map(proxies.filter(({ kind }) => hasBackend(kind)).map((draft) => [draft.name, draft]));
  const entered = (server: ServerDraft): readonly ProxyDraft[] =>
    frontends.filter(({ binds }) =>
      binds.some(({ address }) => server.relative?.port !== true && isSame(server.address, address)),
    );
  const next = new Map(
    frontends.map((from) => [from, backendsOf(from, backends).flatMap(({ servers }) => servers.flatMap(entered))]),
  );
  const told = new Set<ServerDraft>();
  for (const from of frontends)
    for (const server of backendsOf(from, backends).flatMap(({ servers }) => servers)) {
      const back = entered(server).find((to) => reaches(next, to, from));
      if (back === undefined || told.has(server)) continue;
      told.add(server);
      problems.warning(
        server.at,
        `server '${server.name}' is an address that '${back.name}' listens on: requests would go round in circles`,
      );
    }
}

function backendsOf(
  { kind, name, settings, useBackends }: ProxyDraft,
  all: ReadonlyMap<string, ProxyDraft>,
): ProxyDraft[] {
  const last = settings.defaultBackend?.text ?? (kind === 'listen' ? name : undefined);
  const names = new Set([...useBackends.map(({ rule }) => rule.backend), ...(last === undefined ? [] : [last])]);
  return [...names].flatMap((each) => all.get(each) ?? []);
}

function isSame(server: ServerDraft['address'], bind: BindAddress): boolean {
  if (server.kind === 'unix' || bind.kind === 'unix')
    return server.kind === 'unix' && bind.kind === 'unix' && server.path === bind.path;
  if (server.port !== bind.port) return false;
  if (EVERY_ADDRESS.has(bind.host)) return THIS_MACHINE.has(server.host) || EVERY_ADDRESS.has(server.host);
  return server.host === bind.host || (server.host === 'localhost' && THIS_MACHINE.has(bind.host ?? ''));
}

function reaches(next: ReadonlyMap<ProxyDraft, readonly ProxyDraft[]>, from: ProxyDraft, goal: ProxyDraft): boolean {
  const seen = new Set([from]);
  for (const draft of seen) for (const to of next.get(draft) ?? []) seen.add(to);
  return seen.has(goal);
}
