import type { Backend, ForwardFor, Frontend } from '../model/snapshot.ts';
import type { RequestFacts } from '../model/facts.ts';

/** A field: its name as written, and its value. */
export type Added = readonly [name: string, value: string];

const NONE: readonly Added[] = [];

/** The fields that the next hop is told, after all others: the client, and where it meant to go. */
export function addedFields(frontend: Frontend, backend: Backend, facts: RequestFacts): readonly Added[] {
  if (frontend.originalTo === undefined && backend.originalTo === undefined) {
    const only = forwardedFor(frontend, backend, facts);
    return only === undefined ? NONE : [only];
  }
  const { client, destination } = facts.connection;
  return [
    addressField(frontend.forwardFor, backend.forwardFor, client.address, facts),
    addressField(frontend.originalTo, backend.originalTo, destination.address, facts),
  ].filter((field) => field !== undefined);
}

function forwardedFor(frontend: Frontend, backend: Backend, facts: RequestFacts): Added | undefined {
  return addressField(frontend.forwardFor, backend.forwardFor, facts.connection.client.address, facts);
}

/**
 * The line that `option forwardfor` adds after all others: `X-Forwarded-For: CLIENT`, never merged with lines the
 * client sent, which are kept before it (haproxy-semantics §6.2). The backend's header name wins;
 * `if-none` applies only when every section with the option has it.
 */
function addressField(
  front: ForwardFor | undefined,
  back: ForwardFor | undefined,
  address: string,
  facts: RequestFacts,
): Added | undefined {
  const option = back ?? front;
  if (option === undefined) return undefined;
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
