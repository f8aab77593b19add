import type { Problems } from '@headgate/shared/config/problem';
import type { Section } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { DefaultsRules } from './defaults-rules.ts';
import type { Settings } from './draft.ts';

/** What a section takes over from `defaults`. */
export interface Defaults {
  readonly section: Section;
  readonly settings: Settings;
  readonly rules: DefaultsRules;
}

/** The `defaults` sections read so far. */
export class DefaultsSections {
  readonly #problems: Problems;
  readonly #named = new Map<string, Defaults>();
  #last: Defaults | undefined;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  add(defaults: Defaults): void {
    this.#last = defaults;
    const { name } = defaults.section;
    if (name !== undefined) this.#named.set(name.text, defaults);
  }

  /** Those with rules that no proxy took. */
  unused(): readonly Defaults[] {
    return [...this.#named.values()].filter(({ rules }) => rules.unused);
  }

  /** The defaults of a proxy: those that its line names, or the last before it. */
  of(section: Section): Defaults | undefined {
    return this.namedBy(section) ?? this.#last;
  }

  /** `from NAME` on the section line; undefined without it, and after a problem. */
  namedBy({ rest, at }: Section): Defaults | undefined {
    const index = rest.findIndex(({ text }) => text === 'from');
    if (index < 0) return undefined;
    const name = rest[index + 1];
    const found = name === undefined ? undefined : this.#named.get(name.text);
    if (name === undefined) this.#problems.error(at, "'from' needs the name of a defaults section");
    else if (found === undefined)
      this.#problems.error(
        name.at,
        `there is no defaults section '${name.text}' above`,
        nearest(name.text, this.#named.keys()),
      );
    return found;
  }
}
