import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import type { Snapshot } from '../model/snapshot.ts';
import { BIND_TLS_VALUES, isGlobalTls, isTlsWord } from '../model/vocabulary.ts';
import { placeOf } from './carry-over.ts';

/** Parameters that concern the addresses of the line, which are the terminator's now. */
const OF_ADDRESSES: readonly string[] = ['v4v6', 'v6only', 'tfo', 'defer-accept'];
const OF_ADDRESSES_WITH_VALUE: readonly string[] = ['mode', 'user', 'group', 'uid', 'gid', 'shards', 'mss', 'tcp-ut'];

/**
 * The router's half of a configuration with `bind … ssl`: such a line becomes a bind on its private socket, as the compiled
 * configuration has it, and the lines of `global` about TLS are left out.
 */
export function terminatedBinds(sections: readonly Section[], { frontends }: Snapshot): readonly Section[] {
  const sockets = new Map(
    frontends.flatMap(({ binds }) =>
      binds.flatMap(({ at, tls, address }) =>
        tls === undefined || address.kind !== 'unix' ? [] : [[placeOf(at), address.path] as const],
      ),
    ),
  );
  return sections.map((section) => ({
    ...section,
    rest: section.rest[0] === undefined ? section.rest : rewritten(section.rest[0], section.rest, 0, sockets),
    statements: section.statements
      .filter(({ words }) => section.kind !== 'global' || !isGlobalTls(words[0].text))
      .map((statement) => terminated(statement, sockets)),
  }));
}

function terminated(statement: Statement, sockets: ReadonlyMap<string, string>): Statement {
  const [keyword, address] = statement.words;
  if (keyword.text !== 'bind' || address === undefined) return statement;
  const [, ...words] = rewritten(address, statement.words, 1, sockets);
  return { words: [keyword, ...words] };
}

/** The words from the address at `index` on, with those about TLS gone. */
function rewritten(
  address: Word,
  words: readonly Word[],
  index: number,
  sockets: ReadonlyMap<string, string>,
): readonly Word[] {
  const path = sockets.get(placeOf(address.at));
  if (path === undefined) return words;
  const own = ['terminated', 'mode', '600'].map((text) => ({ text, at: address.at }));
  return [...words.slice(0, index), { text: path, at: address.at }, ...own, ...others(words.slice(index + 1))];
}

function others(words: readonly Word[]): readonly Word[] {
  const kept: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const valued = BIND_TLS_VALUES.includes(word.text) || OF_ADDRESSES_WITH_VALUE.includes(word.text);
    if (valued) index += 1;
    else if (!isTlsWord(word.text) && !OF_ADDRESSES.includes(word.text)) kept.push(word);
  }
  return kept;
}
