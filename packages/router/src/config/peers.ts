import { Cursor } from '@headgate/shared/config/cursor';
import type { Section } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Context } from './directive.ts';
import { hasNoEffect } from './directive.ts';
import { readTable } from './directives/tables.ts';
import type { TableDraft } from './draft.ts';

/** Lines about the other routers, with which nothing is shared. */
const OTHERS = ['peer', 'server', 'default-server', 'bind', 'default-bind', 'log', 'shards', 'enabled', 'disabled'];

/**
 * A `peers` section: its tables work, in this router alone. In HAProxy the others would know what each of them counted.
 */
export function compilePeers(section: Section, context: Context): readonly TableDraft[] {
  const { problems } = context;
  const { at, name, statements } = section;
  if (name === undefined) {
    problems.error(at, "a 'peers' section needs a name");
    return [];
  }
  const why =
    "routers do not share what they count; give each its part of the limit, or send a client's requests to one of them";
  hasNoEffect(at, 'peers', why, problems);
  return statements.flatMap((statement): readonly TableDraft[] => {
    const [keyword, table] = statement.words;
    if (keyword.text === 'table') {
      if (table === undefined) {
        problems.error(keyword.at, "'table' needs a name");
        return [];
      }
      const spec = readTable(new Cursor(statement, 2, context), `${name.text}/${table.text}`, problems);
      return spec === undefined ? [] : [{ spec, at: keyword.at }];
    }
    if (keyword.text === 'peer') {
      const cursor = new Cursor(statement, 1, context);
      cursor.need('a name');
      cursor.need('an address and a port');
      return [];
    }
    if (!OTHERS.includes(keyword.text))
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in 'peers'`,
        nearest(keyword.text, [...OTHERS, 'table']),
      );
    return [];
  });
}
