import type { LiveList } from '../model/pattern-list.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The lists that rules edit, under one configuration after another. */
export class LiveLists {
  #lists: ReadonlyMap<string, LiveList> = new Map();

  /** `renewed`: something that the configuration names has changed, which must not undo what rules have made of other lists. */
  follow({ edited = new Map() }: Snapshot, renewed: boolean): void {
    if (renewed) for (const [file, list] of edited) list.adopt(this.#lists.get(file));
    this.#lists = edited;
  }
}
