/** Time limits. */
import type { ProxyDirective } from '../directive.ts';
import type { ProxyDraft } from '../draft.ts';
import type { Timeouts } from '../../model/snapshot.ts';
import { EVERYWHERE } from '../sections.ts';

interface Kept {
  readonly field: keyof Timeouts;
  /** The kind of proxy for which it has no effect, if any. */
  readonly not?: 'frontend' | 'backend';
  /** Default in milliseconds; HAProxy has none, so that a silent client holds its connection indefinitely. `0` removes ours. */
  readonly default?: number;
}

export const TIMEOUTS = {
  client: { field: 'client', not: 'backend' },
  'client-fin': { field: 'clientFin', not: 'backend', default: 5_000 },
  'http-request': { field: 'httpRequest', not: 'backend', default: 10_000 },
  'http-keep-alive': { field: 'httpKeepAlive', not: 'backend' },
  connect: { field: 'connect', not: 'frontend' },
  queue: { field: 'queue', not: 'frontend' },
  server: { field: 'server', not: 'frontend' },
  'server-fin': { field: 'serverFin', not: 'frontend', default: 30_000 },
  tunnel: { field: 'tunnel', not: 'frontend' },
  check: { field: 'check', not: 'frontend' },
  tarpit: { field: 'tarpit' },
} as const satisfies Record<string, Kept>;

type Name = keyof typeof TIMEOUTS;

function isName(text: string): text is Name {
  return Object.hasOwn(TIMEOUTS, text);
}

const NAMES = Object.keys(TIMEOUTS).filter(isName);

/** Whether a timeout of `defaults` applies to a proxy of this kind. */
export function timeoutFits(name: string, kind: string): boolean {
  const kept: Kept | undefined = isName(name) ? TIMEOUTS[name] : undefined;
  return kept?.not === undefined || kept.not !== kind;
}

/** HAProxy lets a client wait as long as for a connection to a server, unless told. Proxies that let nobody wait have no such time. */
export function tarpitTime({
  settings: { timeouts: given },
  requestRules,
}: Pick<ProxyDraft, 'settings' | 'requestRules'>): number {
  const used = requestRules.some(({ text }) => text.startsWith('http-request tarpit'));
  return used ? (given.tarpit ?? given.connect ?? 0) : 0;
}

export const timeouts = {
  timeout: {
    sections: EVERYWHERE,
    doc: 'A time limit: `client`, `http-request`, `http-keep-alive`, `client-fin` (frontend side); `connect`, `queue`, `server`, `server-fin`, `tunnel`, `check` (backend side); `tarpit` (how long `http-request tarpit` lets a client wait; default: `timeout connect`). Units us, ms (default), s, m, h, d; 0 is none. Time is looked at every 50 ms: a limit of 1ms ends after 50 to 100. The defaults are in a table [above](#where-the-defaults-differ-from-haproxy).',
    example: 'timeout client 24h\ntimeout connect 5s\ntimeout server 1m',
    apply(cursor, draft, { problems }) {
      const name = cursor.choice('timeout', NAMES);
      if (name === undefined) return;
      const { at } = cursor;
      const { field, not }: Kept = TIMEOUTS[name];
      const value = cursor.duration('a duration');
      if (draft.kind === not) problems.warning(at, `'timeout ${name}' has no effect in a ${draft.kind}`);
      else if (value !== undefined) draft.settings.timeouts[field] = value;
      cursor.end();
    },
  },
} as const satisfies Record<string, ProxyDirective>;
