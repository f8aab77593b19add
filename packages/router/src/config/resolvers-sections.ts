import type { Section } from '@headgate/shared/config/raw';
import type { Resolvers } from '../model/names.ts';
import type { Context } from './directive.ts';
import type { ProxyDraft } from './draft.ts';
import { compileResolvers, defaultResolvers } from './resolvers.ts';
import { checkNames } from './server-names.ts';

const DEFAULT = 'default';

/** The `resolvers` sections of a configuration, and who names them. */
export class ResolversSections {
  readonly #sections = new Map<string, Resolvers>();
  readonly #rules: readonly Section[];

  /** `sections`: all of the configuration, whose rules may name `default`. */
  constructor(sections: readonly Section[]) {
    this.#rules = sections;
  }

  add(section: Section, context: Context): void {
    const read = compileResolvers(section, context);
    if (read === undefined) return;
    const before = this.#sections.get(read.name);
    if (before === undefined) this.#sections.set(read.name, read);
    else
      context.problems.error(
        section.at,
        `another resolvers section is named '${read.name}' (${before.at.file}:${before.at.line})`,
      );
  }

  /** Checks that the sections exist that servers name, and returns all of them. */
  check(proxies: readonly ProxyDraft[], context: Context): ReadonlyMap<string, Resolvers> {
    const servers = proxies.flatMap(({ servers: all }) => all.map(({ parameters }) => parameters.resolvers));
    const named = servers.some((word) => word?.text === DEFAULT) || this.#rules.some(resolvesByDefault);
    if (named && !this.#sections.has(DEFAULT)) this.#sections.set(DEFAULT, defaultResolvers(context));
    for (const draft of proxies) checkNames(draft, this.#sections, context.problems);
    return this.#sections;
  }
}

function resolvesByDefault({ statements }: Section): boolean {
  return statements.some(({ words }) => words.some(({ text }) => /^do-resolve\([^,)]*,default[,)]/.test(text)));
}
