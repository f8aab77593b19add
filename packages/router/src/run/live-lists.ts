import type { LiveList, SavedList } from '../model/pattern-list.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The lists that rules edit, under one configuration after another. */
export class LiveLists {
  #lists: ReadonlyMap<string, LiveList> = new Map();
  /** With workers: hears what rules of this process change. */
  edited: ((file: string, key: string, value: string | undefined) => void) | undefined;

  /** `renewed`: something that the configuration names has changed, which must not undo what rules have made of other lists. */
  follow({ edited = new Map() }: Snapshot, renewed: boolean): void {
    if (renewed) for (const [file, list] of edited) list.adopt(this.#lists.get(file));
    this.#lists = edited;
    for (const [file, list] of edited) list.edited = (key, value) => this.edited?.(file, key, value);
  }

  /** Makes a change of another process. */
  take(file: string, key: string, value: string | undefined): void {
    this.#lists.get(file)?.follow(key, value);
  }

  save(): readonly (readonly [file: string, list: SavedList])[] {
    return [...this.#lists].map(([file, list]) => [file, list.save()]);
  }

  restore(saved: ReturnType<LiveLists['save']>): void {
    for (const [file, list] of saved) this.#lists.get(file)?.restore(list);
  }
}
