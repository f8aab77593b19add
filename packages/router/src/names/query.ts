import { randomInt } from 'node:crypto';
import {
  decodeReply,
  encodeQuery,
  type AddressRecord,
  type QueryType,
  type Reply,
  type ServiceRecord,
} from './message.ts';
import type { NameserverCounters, Resolvers } from '../model/names.ts';

/** A name server, as queries need it. */
export interface Asked {
  readonly config: { readonly name: string };
  readonly counters: NameserverCounters;
  has(id: number): boolean;
  send(id: number, message: Buffer, answered: (message: Buffer) => void): void;
  forget(id: number): void;
}

/** What became of a resolution. */
export type Outcome =
  | {
      readonly status: 'valid';
      readonly records: readonly (AddressRecord | ServiceRecord)[];
      /** The name server that answered first. */
      readonly by: Asked;
    }
  | { readonly status: Trouble };

export type Trouble = 'nx' | 'refused' | 'timeout' | 'other';

export interface QueryDeps {
  after(ms: number, fn: () => void): { cancel(): void };
}

const ATTEMPTS = 100;

/**
 * One resolution: the question goes to all name servers at once, and the first valid response is its result. As in HAProxy,
 * once all have refused, the other family of addresses is asked for; after `timeout retry` the next of the `retries` rounds begins.
 */
export class Query {
  readonly #asked: readonly Asked[];
  readonly #name: string;
  readonly #preferred: QueryType;
  readonly #settings: Pick<Resolvers, 'retries' | 'retry' | 'payload'>;
  readonly #deps: QueryDeps;
  readonly #done: (outcome: Outcome) => void;
  #type: QueryType;
  #left: number;
  #id: number | undefined = undefined;
  #answers = 0;
  #timer: { cancel(): void } | undefined = undefined;
  #trouble: Trouble = 'timeout';

  /** `done` is called once, later, unless `cancel` comes first. */
  constructor(
    asked: readonly Asked[],
    { name, type }: { readonly name: string; readonly type: QueryType },
    settings: Pick<Resolvers, 'retries' | 'retry' | 'payload'>,
    deps: QueryDeps,
    done: (outcome: Outcome) => void,
  ) {
    this.#asked = asked;
    this.#name = name;
    this.#preferred = type;
    this.#type = type;
    this.#settings = settings;
    this.#deps = deps;
    this.#done = done;
    this.#left = Math.max(1, settings.retries) - 1;
    this.#send(type);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#forget();
  }

  #send(type: QueryType): void {
    this.#forget();
    this.#type = type;
    this.#answers = 0;
    this.#timer?.cancel();
    this.#timer = this.#deps.after(this.#settings.retry, () => this.#timedOut());
    const id = this.#freeId();
    if (id === undefined) return;
    this.#id = id;
    const message = encodeQuery(id, this.#name, type, this.#settings.payload);
    // A name server that has responded is not listened to again: a second response could only be a forgery or a copy.
    for (const server of this.#asked)
      server.send(id, message, (response) => {
        server.forget(id);
        this.#answered(server, response);
      });
  }

  #freeId(): number | undefined {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const id = randomInt(65_536);
      if (!this.#asked.some((server) => server.has(id))) return id;
    }
    return undefined;
  }

  #answered(server: Asked, response: Buffer): void {
    const reply = decodeReply(response, this.#name, this.#type, this.#settings.payload);
    this.#answers += 1;
    if (reply.kind === 'addresses' || reply.kind === 'services') {
      server.counters.valid += 1;
      if (reply.aliased) server.counters.cname += 1;
      return this.#finish({ status: 'valid', records: reply.records, by: server });
    }
    server.counters[reply.kind] += 1;
    this.#trouble = troubleOf(reply.kind);
    if (this.#answers < this.#asked.length) return;
    const other = this.#otherFamily();
    if (other !== undefined) this.#send(other);
    else if (this.#left === 0) this.#finish({ status: this.#trouble });
  }

  /** The family that has not been asked for yet in this round. */
  #otherFamily(): QueryType | undefined {
    if (this.#type !== this.#preferred) return undefined;
    return this.#type === 'A' ? 'AAAA' : this.#type === 'AAAA' ? 'A' : undefined;
  }

  #timedOut(): void {
    const silent = this.#answers === 0;
    if (silent) this.#trouble = 'timeout';
    const id = this.#id;
    for (const server of this.#asked) if (id !== undefined && server.has(id)) server.counters.timeout += 1;
    const other = silent ? undefined : this.#otherFamily();
    if (other !== undefined) return this.#send(other);
    if (this.#left === 0) return this.#finish({ status: this.#trouble });
    this.#left -= 1;
    this.#send(this.#preferred);
  }

  #finish(outcome: Outcome): void {
    this.cancel();
    this.#done(outcome);
  }

  #forget(): void {
    const id = this.#id;
    this.#id = undefined;
    if (id !== undefined) for (const server of this.#asked) server.forget(id);
  }
}

function troubleOf(kind: Exclude<Reply['kind'], 'addresses' | 'services'>): Trouble {
  return kind === 'nx' || kind === 'refused' ? kind : 'other';
}

/** What a server's name is asked for first. */
export function firstType({ service, prefer }: { readonly service: boolean; readonly prefer: 4 | 6 }): QueryType {
  return service ? 'SRV' : prefer === 4 ? 'A' : 'AAAA';
}
