import type { AddressRecord, ServiceRecord } from './message.ts';

/** Records of one name, at most: answers that change all the time do not grow without end while `hold obsolete` keeps old ones. */
const MOST_RECORDS = 4096;

export type AnyRecord = AddressRecord | ServiceRecord;

/** A record that name servers gave, and the servers that use it. */
export interface Known<User> {
  record: AnyRecord;
  seen: number;
  readonly users: Set<User>;
}

/** The records of one name: those of the last response, and those before it until `hold obsolete` is over. */
export class Records<User> {
  readonly #known = new Map<string, Known<User>>();

  /** In the order of their coming, which `turn` changes. */
  get all(): readonly Known<User>[] {
    return [...this.#known.values()];
  }

  /** Takes over a response, and returns the records that are obsolete now. */
  follow(records: readonly AnyRecord[], now: number, obsolete: number): readonly Known<User>[] {
    for (const record of records) {
      const key = keyOf(record);
      const known = this.#known.get(key);
      if (known === undefined) this.#known.set(key, { record, seen: now, users: new Set() });
      else {
        known.record = record;
        known.seen = now;
      }
    }
    const left: Known<User>[] = [];
    let surplus = this.#known.size - MOST_RECORDS;
    for (const [key, known] of this.#known) {
      const old = known.seen + obsolete < now;
      if (!old && (surplus <= 0 || known.seen === now)) continue;
      surplus -= 1;
      this.#known.delete(key);
      left.push(known);
    }
    return left;
  }

  /** The first record becomes the last, so that the next to choose begins elsewhere. */
  turn(): void {
    const [first] = this.#known;
    if (first === undefined) return;
    this.#known.delete(first[0]);
    this.#known.set(...first);
  }

  /** Nothing holds any more; returns what was known. */
  clear(): readonly Known<User>[] {
    const { all } = this;
    this.#known.clear();
    return all;
  }
}

/** Two services are the same while target and port are: weights change. */
function keyOf(record: AnyRecord): string {
  return record.type === 'SRV' ? `${record.target}:${record.port}` : record.address;
}
