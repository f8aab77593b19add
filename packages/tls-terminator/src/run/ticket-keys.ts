import { hkdfSync, randomBytes } from 'node:crypto';
import type { Service } from '../model/snapshot.ts';

/** A key is used for a day, in milliseconds. */
const DAY = 86_400_000;
/** A clock that jumps by years must not keep the process busy. */
const MOST_STEPS = 1000;

/** The key of the session tickets of one service. */
export interface OwnTicketKey {
  /** The days since 1970 when it came into use. */
  readonly day: number;
  /** 48 bytes. */
  readonly key: Buffer;
}

export function newTicketKey(now: number): OwnTicketKey {
  return { day: Math.floor(now / DAY), key: randomBytes(48) };
}

/**
 * The key of the day. Each is made from the one before it, which cannot be computed back: all workers arrive at the same key without
 * exchanging messages, and a stolen key does not decrypt what was recorded on an earlier day.
 */
export function ticketKeyAt(known: OwnTicketKey, now: number): OwnTicketKey {
  const today = Math.floor(now / DAY);
  if (today <= known.day) return known;
  let { key } = known;
  for (let step = Math.min(today - known.day, MOST_STEPS); step > 0; step -= 1)
    key = Buffer.from(hkdfSync('sha256', key, '', 'headgate session tickets of the next day', 48));
  return { day: today, key };
}

/** The keys of the services whose configuration gives none, by their names; lost with the process. */
export class OwnTicketKeys {
  readonly #now: () => number;
  #keys = new Map<string, OwnTicketKey>();
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Of the same name, the same until the day is over. */
  keyOf(name: string): Buffer {
    const now = this.#now();
    const today = ticketKeyAt(this.#keys.get(name) ?? newTicketKey(now), now);
    this.#keys.set(name, today);
    return today.key;
  }

  /** Those of all other names are forgotten. `renew` is called whenever a day is over. */
  follow(names: ReadonlySet<string>, renew: () => void): void {
    for (const name of this.#keys.keys()) if (!names.has(name)) this.#keys.delete(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        renew();
        this.follow(names, renew);
      },
      DAY - (this.#now() % DAY),
    );
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** For the other processes. */
  get all(): ReadonlyMap<string, OwnTicketKey> {
    return this.#keys;
  }

  assume(keys: ReadonlyMap<string, OwnTicketKey>): void {
    this.#keys = new Map(keys);
  }
}

/**
 * With the key that is kept, unless the configuration gives others: the same for all addresses of a service, others for each
 * service, for an attacker who can divert a connection must not resume a session of one service at another.
 */
export function withTicketKeys(service: Service, ticketKeys: Buffer): Service {
  const { tls } = service;
  if (tls === undefined || hasOwnKeys(service)) return service;
  const { secureContext, names } = tls;
  const variants = names?.variants.map((variant) => ({
    ...variant,
    secureContext: { ...variant.secureContext, ticketKeys },
  }));
  return {
    ...service,
    tls: {
      ...tls,
      secureContext: { ...secureContext, ticketKeys },
      names: names === undefined ? undefined : { ...names, variants: variants ?? [] },
    },
  };
}

/** Its configuration gives keys. */
export function hasOwnKeys({ tls }: Service): boolean {
  return tls?.secureContext.ticketKeys !== undefined;
}
