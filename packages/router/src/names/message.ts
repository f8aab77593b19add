/**
 * DNS messages (RFC 1035 §4, RFC 2782 for SRV, RFC 6891 for the size of responses): a query to bytes, and bytes to a response. Pure.
 * Responses come from outside: every length is checked against the message, every loop ends, and what does not add up is `invalid`.
 */
import { addressText } from '../sample/address.ts';

export const TYPES = { A: 1, CNAME: 5, AAAA: 28, SRV: 33 } as const;
export type QueryType = 'A' | 'AAAA' | 'SRV';

const [CLASS_IN, TYPE_OPT] = [1, 41];
const HEADER = 12;
/** RFC 1035 §2.3.4: of a label, and of a name with its lengths. */
const [MAX_LABEL, MAX_NAME] = [63, 255];
/** A compression pointer leads backwards; so many in one name lead nowhere useful. */
const MAX_POINTERS = 32;
const MAX_ALIASES = 16;
/** The least a record needs: a pointer, type, class, TTL, a length and an IPv4 address. */
const LEAST_RECORD = 16;

export interface AddressRecord {
  readonly type: 'A' | 'AAAA';
  readonly address: string;
}

export interface ServiceRecord {
  readonly type: 'SRV';
  /** In lower case, without a final dot. */
  readonly target: string;
  readonly port: number;
  readonly weight: number;
  readonly priority: number;
  /** The address of the target, where the response has it. */
  readonly address: string | undefined;
}

export type Reply =
  | { readonly kind: 'addresses'; readonly records: readonly AddressRecord[]; readonly aliased: boolean }
  | { readonly kind: 'services'; readonly records: readonly ServiceRecord[]; readonly aliased: boolean }
  | { readonly kind: Refusal };

/** Why a response has no records, in the words of `show resolvers`. */
export type Refusal = 'nx' | 'refused' | 'other' | 'any_err' | 'truncated' | 'cname_error' | 'invalid';

/** Whether a text can be asked for: labels of 1 to 63 bytes, at most 255 bytes together (RFC 1035 §2.3.4). */
export function isAskable(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return (
    name.length < MAX_NAME - 1 &&
    labels.every((label) => label.length > 0 && label.length <= MAX_LABEL && /^[\x21-\x7e]+$/.test(label))
  );
}

/** A query with recursion desired. `payload`: the largest response that is accepted. `name` has to be `isAskable`. */
export function encodeQuery(id: number, name: string, type: QueryType, payload: number): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const question = Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label, 'latin1')])),
    Buffer.from([0, 0, TYPES[type], 0, CLASS_IN]),
  ]);
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  const options = Buffer.from([0, 0, TYPE_OPT, payload >> 8, payload & 255, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, question, options]);
}

/** The number of the query that a message responds to; undefined for one too short to have a number. */
export function replyId(message: Buffer): number | undefined {
  return message.length < 2 ? undefined : message.readUInt16BE(0);
}

class Malformed extends Error {}
const malformed = new Malformed('not a DNS message');

/** Reads the response to a query for `name` and `type`. `payload` bounds the number of its records, as in HAProxy. */
export function decodeReply(message: Buffer, name: string, type: QueryType, payload: number): Reply {
  try {
    return new Reading(message, type).reply(name.replace(/\.$/, '').toLowerCase(), payload);
  } catch (error) {
    if (error === malformed) return { kind: 'invalid' };
    throw error;
  }
}

interface RawRecord {
  readonly owner: string;
  readonly type: number;
  /** Where its data begins, and how much there is. */
  readonly start: number;
  readonly length: number;
}

class Reading {
  readonly #message: Buffer;
  readonly #type: QueryType;
  #at = HEADER;

  constructor(message: Buffer, type: QueryType) {
    this.#message = message;
    this.#type = type;
  }

  reply(asked: string, payload: number): Reply {
    const message = this.#message;
    if (message.length < HEADER) throw malformed;
    const flags = message.readUInt16BE(2);
    if ((flags & 0x8000) === 0) throw malformed;
    const code = flags & 15;
    const [questions, answers] = [message.readUInt16BE(4), message.readUInt16BE(6)];
    const others = message.readUInt16BE(8);
    const additional = message.readUInt16BE(10);
    // A response that repeats no question may still refuse (RFC 1035 §4.1.1).
    if (questions !== 0 || code === 0) this.#question(asked, questions);
    if (code !== 0) return { kind: code === 3 ? 'nx' : code === 5 ? 'refused' : 'other' };
    if ((flags & 0x0200) !== 0) return { kind: 'truncated' };
    if (answers === 0) return { kind: 'any_err' };
    if (answers > (payload - HEADER) / LEAST_RECORD) throw malformed;
    return this.#answer(asked, this.#records(answers), () => {
      this.#skip(others);
      return this.#records(Math.min(additional, Math.floor(payload / LEAST_RECORD)));
    });
  }

  #question(asked: string, count: number): void {
    if (count !== 1 || this.#name() !== asked) throw malformed;
    if (this.#short() !== TYPES[this.#type] || this.#short() !== CLASS_IN) throw malformed;
  }

  #answer(asked: string, records: readonly RawRecord[], more: () => readonly RawRecord[]): Reply {
    let owner = asked;
    let aliased = false;
    for (let aliases = 0; ; aliases += 1) {
      const alias = records.find((record) => record.owner === owner && record.type === TYPES.CNAME);
      if (alias === undefined) break;
      if (aliases === MAX_ALIASES) return { kind: 'cname_error' };
      this.#at = alias.start;
      owner = this.#name();
      aliased = true;
    }
    const found = records.filter((record) => record.owner === owner && record.type === TYPES[this.#type]);
    if (found.length === 0) return { kind: aliased ? 'cname_error' : 'other' };
    if (this.#type !== 'SRV')
      return { kind: 'addresses', records: found.map((record) => this.#address(record)), aliased };
    const addresses = new Map<string, string>();
    for (const record of more())
      if (record.type === TYPES.A || record.type === TYPES.AAAA)
        addresses.set(record.owner, this.#address(record).address);
    // A target that cannot be asked for, the root among them, is no server (RFC 2782), and nothing to write into a log.
    const services = found.map((record) => this.#service(record, addresses)).filter(({ target }) => isAskable(target));
    return services.length === 0 ? { kind: 'other' } : { kind: 'services', records: services, aliased };
  }

  #address({ type, start, length }: RawRecord): AddressRecord {
    if (length !== (type === TYPES.A ? 4 : 16)) throw malformed;
    const address = addressText(this.#message.subarray(start, start + length));
    return { type: type === TYPES.A ? 'A' : 'AAAA', address };
  }

  #service({ start, length }: RawRecord, addresses: ReadonlyMap<string, string>): ServiceRecord {
    if (length < 7) throw malformed;
    const [priority, weight, port] = [0, 2, 4].map((offset) => this.#message.readUInt16BE(start + offset));
    this.#at = start + 6;
    const target = this.#name();
    if (priority === undefined || weight === undefined || port === undefined) throw malformed;
    return { type: 'SRV', target, port, weight, priority, address: addresses.get(target) };
  }

  #records(count: number): RawRecord[] {
    return Array.from({ length: count }, () => {
      const owner = this.#name();
      const type = this.#short();
      this.#at += 6;
      const length = this.#short();
      const start = this.#at;
      this.#at += length;
      if (this.#at > this.#message.length) throw malformed;
      return { owner, type, start, length };
    });
  }

  #skip(count: number): void {
    if (count > this.#message.length) throw malformed;
    this.#records(count);
  }

  /** A name in lower case; `#at` is after it. Pointers lead strictly backwards, so no name is a loop. */
  #name(): string {
    const labels: string[] = [];
    let [at, limit, size, pointers] = [this.#at, this.#at, 0, 0];
    let end: number | undefined;
    for (;;) {
      const length = this.#message[at];
      if (length === undefined) throw malformed;
      if (length === 0) break;
      if (length >= 0xc0) {
        const low = this.#message[at + 1];
        const target = ((length & 0x3f) << 8) | (low ?? 0);
        pointers += 1;
        if (low === undefined || target >= limit || target < HEADER || pointers > MAX_POINTERS) throw malformed;
        end ??= at + 2;
        at = limit = target;
        continue;
      }
      size += length + 1;
      if (length > MAX_LABEL || size >= MAX_NAME || at + 1 + length > this.#message.length) throw malformed;
      labels.push(this.#message.toString('latin1', at + 1, at + 1 + length).toLowerCase());
      at += length + 1;
    }
    this.#at = end ?? at + 1;
    return labels.join('.');
  }

  #short(): number {
    if (this.#at + 2 > this.#message.length) throw malformed;
    const value = this.#message.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }
}
