import type { Reloaded } from '@headgate/shared/process/product';
import type { PatternList } from '../model/pattern-list.ts';

/** One pattern, or a key of a map and its value. Its number names it in `del acl` and `set map`. */
export interface Entry {
  readonly number: number;
  readonly key: string;
  readonly value: string;
}

export type ListKind = 'acl' | 'map';

/** The most versions that may be prepared and not committed. */
const MOST_PREPARED = 16;

/** A list as commands see it: the entries in effect, and those of versions that are being prepared. */
export interface RunningList {
  list: PatternList;
  /** Read from the text when they are first asked for. */
  entries: readonly Entry[] | undefined;
  /** The changes that rules had made to it then. */
  stamp: number;
  version: number;
  next: number;
  readonly prepared: Map<number, readonly Entry[]>;
}

/** The lists of patterns that the control socket shows and changes. What is changed stands for the file until it is read again. */
export class PatternStore {
  readonly #replace: (key: string, text: string) => Promise<Reloaded>;
  #lists = new Map<string, RunningList>();
  #last = 0;
  #changes: Promise<unknown> = Promise.resolve();

  /** `replace`: puts a text in the place of a list and applies it. */
  constructor(replace: (key: string, text: string) => Promise<Reloaded>) {
    this.#replace = replace;
  }

  /** A configuration is in effect. Lists whose text is the same keep their entries and versions. */
  follow(lists: readonly PatternList[]): void {
    const before = this.#lists;
    this.#lists = new Map(
      lists.map((list): [string, RunningList] => {
        const known = before.get(list.key);
        if (known?.list.text !== list.text)
          return [list.key, { list, entries: undefined, stamp: 0, version: 0, next: 0, prepared: new Map() }];
        known.list = list;
        // Edits by rules were made to the list before, and ended with it.
        if (list.live !== undefined) known.entries = undefined;
        return [list.key, known];
      }),
    );
  }

  of(kind: ListKind): readonly RunningList[] {
    return [...this.#lists.values()]
      .filter(({ list }) => list.kinds.has(kind))
      .toSorted((a, b) => a.list.id - b.list.id);
  }

  /** The list of `#ID` or of a file. */
  find(kind: ListKind, name: string): RunningList | undefined {
    return this.of(kind).find(({ list }) => (name.startsWith('#') ? `#${list.id}` === name : list.file === name));
  }

  entriesOf(running: RunningList, version = running.version): readonly Entry[] {
    if (version !== running.version) return running.prepared.get(version) ?? [];
    const { live } = running.list;
    if (live === undefined || live.changes === 0) return (running.entries ??= this.#parsed(running.list));
    if (running.entries === undefined || running.stamp !== live.changes) {
      running.stamp = live.changes;
      running.entries = live.entries().map(({ key, value }) => this.entry(written(key), written(value)));
    }
    return running.entries;
  }

  entry(key: string, value: string): Entry {
    return { number: (this.#last += 1), key, value };
  }

  /** Begins a new version, which holds nothing yet. */
  prepare(running: RunningList): number | undefined {
    if (running.prepared.size >= MOST_PREPARED) return undefined;
    running.next += 1;
    running.prepared.set(running.next, []);
    return running.next;
  }

  /** Changes the entries of a version; those in effect are applied. Changes are made one after the other. Returns what is wrong. */
  change(
    running: RunningList,
    version: number,
    edit: (entries: readonly Entry[]) => readonly Entry[],
  ): Promise<readonly string[]> {
    return this.#after(async () => {
      if (version === running.version) return this.#apply(running, edit(this.entriesOf(running)));
      running.prepared.set(version, edit(this.entriesOf(running, version)));
      return [];
    });
  }

  /** Puts a prepared version into effect in one step. */
  commit(running: RunningList, version: number): Promise<readonly string[]> {
    return this.#after(async () => {
      const wrong = await this.#apply(running, this.entriesOf(running, version));
      if (wrong.length > 0) return wrong;
      running.version = version;
      for (const other of running.prepared.keys()) if (other <= version) running.prepared.delete(other);
      return [];
    });
  }

  async #apply(running: RunningList, entries: readonly Entry[]): Promise<readonly string[]> {
    const text = entries.map(({ key, value }) => (value === '' ? key : `${key} ${value}`)).join('\n');
    const before = { ...running };
    // What is applied calls `follow`, which has to recognise the list by its text.
    Object.assign(running, { list: { ...running.list, text }, entries });
    const result = await this.#replace(running.list.key, text);
    if (result.applied) return [];
    Object.assign(running, { list: before.list, entries: before.entries });
    return result.reasons;
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #parsed({ text, kinds, file }: PatternList): readonly Entry[] {
    const lines = text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '' && (file === undefined || !line.startsWith('#')));
    return lines.map((line) => {
      const [, key = '', value = ''] = /^[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
      return kinds.has('map') ? this.entry(key, value) : this.entry(line.replace(/^[ \t]+/, ''), '');
    });
  }
}

/** Bytes as a file would hold them. */
function written(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
