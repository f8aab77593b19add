import type { Answer } from '../model/answer.ts';
import type { ServerState } from '../model/backend.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/**
 * The redirect that stands for a server with `redir`: its prefix, then the request's path and query. Requests that change something
 * go to the server. Undefined where the request cannot be redirected.
 */
export function serverRedirect({ config }: ServerState, exchange: ExchangeRecord): Answer | undefined {
  const { redirect: prefix } = config;
  if (prefix === undefined) return undefined;
  const { method, target } = exchange.facts;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  exchange.termination = 'LC--';
  const path = target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, '');
  const headers = [
    ['cache-control', 'no-cache'],
    ['location', prefix + (path.startsWith('/') ? path : `/${path}`)],
  ] as const;
  return { status: 302, reason: 'Found', headers, body: '', close: true };
}

/** Tells a server its name where `http-send-name-header` asks for it, at each attempt anew. */
export function introduce({ config }: ServerState, { backendConfig, facts }: ExchangeRecord): void {
  const header = backendConfig?.nameHeader;
  if (header !== undefined) facts.edit?.().set(header, config.name);
}
