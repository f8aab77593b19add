import type { EditedList } from './edited-list.ts';
import type { Position } from '@headgate/shared/config/raw';
import type { ListUse, PatternList } from '../model/pattern-list.ts';

interface Draft extends Omit<PatternList, 'id' | 'description'> {
  id: number | undefined;
  description: string;
  readonly kinds: Set<'acl' | 'map'>;
  readonly uses: ListUse[];
}

/**
 * The lists of patterns of one configuration, collected while it is compiled. Each file is one list, however often it is named; each
 * ACL has another one for the patterns written in it.
 */
export class PatternLists {
  readonly #lists = new Map<string, Draft>();
  readonly #pathOf: (file: string) => string;
  readonly #standing: (key: string) => string | undefined;

  /** `pathOf`: the path of a file that is named. `standing`: the text that an operator has put in the place of a list. */
  constructor(pathOf: (file: string) => string, standing: (key: string) => string | undefined) {
    this.#pathOf = pathOf;
    this.#standing = standing;
  }

  /** A file that an ACL or a map reads; `live`: rules edit it. */
  file(
    file: string,
    kind: 'acl' | 'map',
    text: string,
    at: Position,
    use: ListUse,
    id?: number,
    live?: EditedList,
  ): void {
    const key = this.#pathOf(file);
    const user = `by ${kind} at file '${at.file}' line ${at.line}`;
    const description = `pattern loaded from file '${file}' used`;
    const list = this.#of({ id, file, key, kinds: new Set(), description, text, uses: [], live });
    list.description += `${list.uses.length === 0 ? '' : ','} ${user}`;
    list.kinds.add(kind);
    list.uses.push(use);
  }

  /** Patterns that are written in an ACL; returns those that are to be used in their place. */
  inline(keyword: string, patterns: readonly string[], at: Position, use: ListUse, id?: number): readonly string[] {
    const key = `${at.file}:${at.line}:${at.column}`;
    const standing = this.#standing(key);
    const now = standing === undefined ? patterns : standing.split('\n').filter((line) => line !== '');
    // As in HAProxy without its arguments and converters.
    const description = `acl '${keyword.replace(/[(,].*$/s, '')}' file '${at.file}' line ${at.line}`;
    const list = this.#of({
      id,
      file: undefined,
      key,
      kinds: new Set(['acl']),
      description,
      text: now.join('\n'),
      uses: [],
      live: undefined,
    });
    list.uses.push(use);
    return now;
  }

  /** In the order of the configuration, numbered. */
  finish(): readonly PatternList[] {
    const taken = new Set([...this.#lists.values()].flatMap(({ id }) => id ?? []));
    let next = 0;
    return [...this.#lists.values()].map((list) => {
      if (list.id !== undefined) return { ...list, id: list.id };
      while (taken.has(next)) next += 1;
      taken.add(next);
      return { ...list, id: next };
    });
  }

  #of(draft: Draft): Draft {
    const known = this.#lists.get(draft.key);
    if (known === undefined) this.#lists.set(draft.key, draft);
    else known.id ??= draft.id;
    return known ?? draft;
  }
}
