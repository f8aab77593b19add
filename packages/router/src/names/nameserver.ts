import type { Nameserver, NameserverCounters } from '../model/names.ts';
import { replyId } from './message.ts';
import { TcpTransport } from './tcp.ts';
import type { Transport, TransportUser } from './transport.ts';
import { UdpTransport } from './udp.ts';

/** In the order of HAProxy's `show resolvers`. */
export function newNameserverCounters(): NameserverCounters {
  return {
    sent: 0,
    snd_error: 0,
    valid: 0,
    update: 0,
    cname: 0,
    cname_error: 0,
    any_err: 0,
    nx: 0,
    timeout: 0,
    refused: 0,
    other: 0,
    invalid: 0,
    too_big: 0,
    truncated: 0,
    outdated: 0,
  };
}

/** Open queries for one name server, at most. A query beyond them is not sent, and counted as `snd_error`. */
const MOST_OPEN = 4096;

/** One name server of a running `resolvers` section: sends queries, and finds the query that a response belongs to. */
export class NameserverClient {
  readonly config: Nameserver;
  readonly counters = newNameserverCounters();
  readonly #payload: number;
  readonly #transport: Transport;
  readonly #open = new Map<number, (message: Buffer) => void>();

  constructor(config: Nameserver, payload: number) {
    this.config = config;
    this.#payload = payload;
    const user: TransportUser = {
      received: (message) => this.#received(message),
      unsent: () => void (this.counters.snd_error += 1),
    };
    this.#transport = config.transport === 'tcp' ? new TcpTransport(config, user) : new UdpTransport(config, user);
  }

  /** Whether the number is taken by an open query. */
  has(id: number): boolean {
    return this.#open.has(id);
  }

  /** `answered` is called for each response with this number until `forget`. */
  send(id: number, message: Buffer, answered: (message: Buffer) => void): void {
    this.counters.sent += 1;
    if (this.#open.size >= MOST_OPEN) {
      this.counters.snd_error += 1;
      return;
    }
    this.#open.set(id, answered);
    this.#transport.send(message);
  }

  forget(id: number): void {
    this.#open.delete(id);
  }

  close(): void {
    this.#open.clear();
    this.#transport.close();
  }

  #received(message: Buffer): void {
    if (message.length > this.#payload) return void (this.counters.too_big += 1);
    const id = replyId(message);
    if (id === undefined) return void (this.counters.invalid += 1);
    const answered = this.#open.get(id);
    if (answered === undefined) this.counters.outdated += 1;
    else answered(message);
  }
}
