import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Section } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { checkName } from './names.ts';

/** Sections that others name, and which no second one may be named as. */
const UNIQUE: ReadonlySet<string> = new Set(['cache', 'http-errors', 'mailers', 'peers']);
/** Sections whose readers look at their lines only. */
const LINES_ONLY: ReadonlySet<string> = new Set(['cache', 'mailers', 'peers', 'program']);
const NAMED: ReadonlySet<string> = new Set(['http-errors', 'mailers', 'peers', 'resolvers', 'userlist']);

/** Checks the first lines of sections other than proxies: a valid name, used once, and nothing after it. */
export class SectionLines {
  readonly #seen = new Map<string, Position>();
  readonly #peers: ReadonlySet<string>;

  constructor(sections: readonly Section[]) {
    this.#peers = new Set(
      sections.flatMap(({ kind, name }) => (kind === 'peers' && name !== undefined ? [name.text] : [])),
    );
  }

  check(section: Section, problems: Problems): void {
    const { kind, name, rest, at } = section;
    this.#checkPeers(section, problems);
    const [more] = rest;
    if (more !== undefined && kind === 'global') problems.error(more.at, `unexpected '${more.text}' after 'global'`);
    if (name === undefined) {
      if (LINES_ONLY.has(kind) && kind !== 'peers') problems.error(at, `a '${kind}' section needs a name`);
      return;
    }
    if (more !== undefined && LINES_ONLY.has(kind))
      problems.error(more.at, `unexpected '${more.text}' after the name of the section`);
    if (NAMED.has(kind)) checkName(`${kind} section`, name, problems);
    if (!UNIQUE.has(kind)) return;
    const key = `${kind} ${name.text}`;
    const before = this.#seen.get(key);
    if (before === undefined) this.#seen.set(key, at);
    else problems.error(at, `another ${kind} section is named '${name.text}' (${before.file}:${before.line})`);
  }

  /** `stick-table … peers NAME`: the section need not do anything, but a name that is none is a typo. */
  #checkPeers({ statements }: Section, problems: Problems): void {
    for (const { words } of statements) {
      if (words[0].text !== 'stick-table') continue;
      const named = words[words.findIndex(({ text }) => text === 'peers') + 1];
      if (named === undefined || named === words[0] || this.#peers.has(named.text)) continue;
      problems.error(named.at, `there is no peers section '${named.text}'`, nearest(named.text, this.#peers));
    }
  }
}
