import type { Backend, Frontend } from '../model/snapshot.ts';
import type { RequestFacts } from '../model/facts.ts';

/**
 * The line that `option forwardfor` adds after all others: `X-Forwarded-For: CLIENT`, never merged with lines the
 * client sent, which are kept before it (haproxy-semantics §6.2). The backend's header name wins;
 * `if-none` applies only when every section with the option has it.
 */
export function forwardedFor(
  frontend: Frontend,
  backend: Backend,
  facts: RequestFacts,
): readonly [string, string] | undefined {
  const front = frontend.forwardFor;
  const back = backend.forwardFor;
  const option = back ?? front;
  if (option === undefined) return undefined;
  const address = facts.connection.client.address;
  if (address === '') return undefined;
  if (front?.except(address) === true || back?.except(address) === true) return undefined;
  const ifNone = (front?.ifNone ?? true) && (back?.ifNone ?? true);
  if (ifNone && arrives(facts, option.header.toLowerCase())) return undefined;
  return [option.header, address];
}

/** The client sent such a line, and no Connection option removes it. */
function arrives(facts: RequestFacts, name: string): boolean {
  if (facts.header(name).length === 0) return false;
  return !facts
    .header('connection')
    .some((value) => value.split(',').some((option) => option.trim().toLowerCase() === name));
}

/**
 * Hop-by-hop fields, which are never forwarded (RFC 9110 §7.6.1), in lower case. For an upgrade, an engine adds `upgrade`
 * again. `te` is reduced to `trailers`.
 */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);
