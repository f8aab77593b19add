import type { LiveList, SavedList } from '../model/pattern-list.ts';

/** One entry of a list that rules edit: a pattern, or a key of a map with its value. A character for each byte. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Entries added by rules: so many, and so many bytes of them. The oldest make room. */
const MOST_ADDED = 100_000;
const MOST_BYTES = 16 << 20;
/** Entries in one segment: a change costs what it takes to look these up anew. */
const SEGMENT = 1024;

/** A run of entries, which is looked up as one. */
export interface Segment {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Counts its changes. */
  readonly version: number;
}

class Run implements Segment {
  readonly entries = new Map<string, Entry>();
  version = 0;
}

/** The entries of a list. */
class Entries {
  changes = 0;
  readonly #file: Run = new Run();
  readonly #added: Run[] = [];
  /** Where each entry is. */
  readonly #places = new Map<string, Run>();
  #count = 0;
  #bytes = 0;

  /** `entries`: of the file. The first of equal keys counts. `added`: by rules. */
  constructor(entries: readonly Entry[], added: readonly Entry[] = []) {
    for (const entry of entries) {
      if (this.#places.has(entry.key)) continue;
      this.#file.entries.set(entry.key, entry);
      this.#places.set(entry.key, this.#file);
    }
    for (const { key, value } of added) this.set(key, value);
  }

  /** The entry with exactly this key. */
  get(key: string): Entry | undefined {
    return this.#places.get(key)?.entries.get(key);
  }

  /** Those of the file, then what was added, in order. */
  get segments(): readonly Segment[] {
    return this.#added.length === 0 ? [this.#file] : [this.#file, ...this.#added];
  }

  /** How many entries were added and are still there. */
  get added(): number {
    return this.#count;
  }

  /** Adds an entry, or gives the one with this key another value. */
  set(key: string, value = ''): void {
    const place = this.#places.get(key);
    const held = place?.entries.get(key);
    if (place === undefined || held === undefined) return this.#add({ key, value });
    if (held.value === value) return;
    this.changes += 1;
    place.entries.set(key, { key, value });
    place.version += 1;
    if (place !== this.#file) this.#bytes += value.length - held.value.length;
    this.#shrink();
  }

  /** Removes an entry, if it is there. */
  delete(key: string): void {
    const place = this.#places.get(key);
    const held = place?.entries.get(key);
    if (place === undefined || held === undefined) return;
    this.changes += 1;
    place.entries.delete(key);
    place.version += 1;
    this.#places.delete(key);
    if (place === this.#file) return;
    this.#count -= 1;
    this.#bytes -= sizeOf(held);
    if (place.entries.size === 0) this.#added.splice(this.#added.indexOf(place), 1);
  }

  #add(entry: Entry): void {
    this.changes += 1;
    let last = this.#added.at(-1);
    if (last === undefined || last.entries.size >= SEGMENT) this.#added.push((last = new Run()));
    last.entries.set(entry.key, entry);
    last.version += 1;
    this.#places.set(entry.key, last);
    this.#count += 1;
    this.#bytes += sizeOf(entry);
    this.#shrink();
  }

  #shrink(): void {
    while (this.#count > MOST_ADDED || this.#bytes > MOST_BYTES) {
      const [oldest] = this.#added[0]?.entries.keys() ?? [];
      if (oldest === undefined) return;
      this.delete(oldest);
    }
  }
}

/**
 * A file of patterns or of a map that rules edit while the router runs (`add-acl`, `del-acl`, `set-map`, `del-map`). Everything that names the
 * file reads this one list. It is kept in segments, so that a client that makes rules edit it never makes a large list
 * be indexed again; what rules add is bounded, and lost when the configuration is loaded anew.
 */
export class EditedList implements LiveList {
  /** Hears what rules of this process change; another process may have to follow. */
  edited: LiveList['edited'];
  readonly #source: string;
  #entries: Entries;

  /** `source`: the text that `entries` come from. */
  constructor(entries: readonly Entry[], source = '') {
    this.#source = source;
    this.#entries = new Entries(entries);
  }

  get changes(): number {
    return this.#entries.changes;
  }

  entries(): readonly Entry[] {
    return this.segments.flatMap(({ entries }) => [...entries.values()]);
  }

  /** Goes on with what rules made of the list under the configuration before, where its file is the same. */
  adopt(before: LiveList | undefined): void {
    if (before instanceof EditedList && before.#source === this.#source) this.#entries = before.#entries;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Those of the file, then what was added, in order. */
  get segments(): readonly Segment[] {
    return this.#entries.segments;
  }

  /** How many entries were added and are still there. */
  get added(): number {
    return this.#entries.added;
  }

  /** A rule adds an entry, or gives the one with this key another value. */
  set(key: string, value = ''): void {
    if (this.#entries.get(key)?.value === value) return;
    this.#entries.set(key, value);
    this.edited?.(key, value);
  }

  /** A rule removes an entry, if it is there. */
  delete(key: string): void {
    if (this.#entries.get(key) === undefined) return;
    this.#entries.delete(key);
    this.edited?.(key, undefined);
  }

  follow(key: string, value: string | undefined): void {
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, value);
  }

  save(): SavedList {
    const [file, ...added] = this.segments.map(({ entries }) => [...entries.values()]);
    return { source: this.#source, file: file ?? [], added: added.flat() };
  }

  restore({ source, file, added }: SavedList): void {
    if (source === this.#source) this.#entries = new Entries(file, added);
  }
}

function sizeOf({ key, value }: Entry): number {
  return key.length + value.length;
}

/** What is made of each segment of a list, made again only when it has changed. */
export class SegmentCache<Made> {
  readonly #list: EditedList;
  readonly #make: (entries: readonly Entry[]) => Made;
  readonly #made = new WeakMap<Segment, { readonly version: number; readonly made: Made }>();

  constructor(list: EditedList, make: (entries: readonly Entry[]) => Made) {
    this.#list = list;
    this.#make = make;
  }

  *[Symbol.iterator](): Generator<Made> {
    for (const segment of this.#list.segments) {
      const known = this.#made.get(segment);
      if (known !== undefined && known.version === segment.version) yield known.made;
      else {
        const made = this.#make([...segment.entries.values()]);
        this.#made.set(segment, { version: segment.version, made });
        yield made;
      }
    }
  }
}
