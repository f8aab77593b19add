import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import { fits } from '../config/apply.ts';
import { isProxy } from '../config/proxy-kind.ts';

const SERVERS = ['server', 'server-template'];

/**
 * YAML has one `defaults` for everything. A file whose proxies use different ones (several `defaults` sections, or one that
 * follows a proxy, or `from NAME`) is rewritten: each proxy gets the lines of its defaults before its own. `always` rewrites
 * any file.
 */
export function inlineDefaults(sections: readonly Section[], always = false): readonly Section[] {
  const first = sections.findIndex(({ kind }) => kind === 'defaults');
  const plain = sections.every(
    (section, index) =>
      section.rest.every(({ text }) => text !== 'from') && (section.kind !== 'defaults' || index === first),
  );
  const proxiesAbove = sections.slice(0, Math.max(first, 0)).some(({ kind }) => kind !== 'global');
  if (plain && !proxiesAbove && !always) return sections;

  const named = new Map<string, readonly Statement[]>();
  let current: readonly Statement[] = [];
  const rewritten: Section[] = [];
  for (const section of sections) {
    const from = section.rest.findIndex(({ text }) => text === 'from');
    const source = from < 0 ? undefined : named.get(section.rest[from + 1]?.text ?? '');
    if (section.kind === 'defaults') {
      current = [...(source ?? []), ...section.statements];
      if (section.name !== undefined) named.set(section.name.text, current);
    } else if (!isProxy(section.kind)) rewritten.push(section);
    else {
      const whole = source ?? current;
      const inherited = [...tarpitTime(whole, section), ...whole.filter((statement) => fits(statement, section.kind))];
      rewritten.push({
        ...section,
        rest: from < 0 ? section.rest : section.rest.slice(0, from),
        statements: [...inherited, ...section.statements],
      });
    }
  }
  return rewritten;
}

/** A frontend has no other use for `timeout connect` than as its `timeout tarpit`, where that is not given. */
function tarpitTime(defaults: readonly Statement[], { kind, statements }: Section): readonly Statement[] {
  if (kind !== 'frontend' || !statements.some(({ words }) => words[1]?.text === 'tarpit')) return [];
  return defaults.flatMap(({ words: [keyword, name, ...value] }) =>
    keyword.text === 'timeout' && name?.text === 'connect'
      ? [{ words: [keyword, { ...name, text: 'tarpit' }, ...value] }]
      : [],
  );
}

/**
 * In YAML `default-server` applies to all servers of its section. Where it follows a server it would apply too early, so its
 * parameters are added to the servers after it.
 */
export function inlineDefaultServers(statements: readonly Statement[]): readonly Statement[] {
  const keywords = statements.map(({ words }) => words[0].text);
  const firstServer = keywords.findIndex((keyword) => SERVERS.includes(keyword));
  if (firstServer < 0 || keywords.lastIndexOf('default-server') < firstServer) return statements;
  const defaults: Word[] = [];
  return statements.flatMap((statement) => {
    const [keyword, name, address, ...parameters] = statement.words;
    if (keyword.text === 'default-server') defaults.push(...statement.words.slice(1));
    else if (!SERVERS.includes(keyword.text) || name === undefined || address === undefined) return [statement];
    else {
      // After its name a template has a number.
      const own = keyword.text === 'server' ? [] : parameters.slice(0, 1);
      return [{ words: [keyword, name, address, ...own, ...defaults, ...parameters.slice(own.length)] }];
    }
    return [];
  });
}
