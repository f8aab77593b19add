import { isIPv6 } from 'node:net';
import { mapEntries, entryStatements, halfOf, scalarWords } from '@headgate/shared/config/from-yaml';
import type { FromYamlOptions } from '@headgate/shared/config/from-yaml';
import type { Problems } from '@headgate/shared/config/problem';
import type { RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Variables } from '@headgate/shared/config/variables';
import { readYaml } from '@headgate/shared/config/yaml';
import type { YamlEntry, YamlMap, YamlNode } from '@headgate/shared/config/yaml';

import { applyEnvironment } from './file/environment.ts';

/** Top-level keys for a single section, and those with one section per name. */
const SINGLE = ['global', 'defaults'];
const NAMED: Readonly<Record<string, string>> = {
  userlists: 'userlist',
  'http-errors': 'http-errors',
  peers: 'peers',
  resolvers: 'resolvers',
  acme: 'acme',
  'crt-stores': 'crt-store',
  frontends: 'frontend',
  backends: 'backend',
  listens: 'listen',
};

/**
 * Our own form of the same model: `frontends: { all: { bind: ":80" } }`. A key is a keyword, except
 * `rules` (a list of whole statements, read from top to bottom) and `servers` (a mapping of names to addresses and parameters).
 * ACLs are placed before the rules that use them and servers after their defaults, whatever the order of the keys.
 */
export function readRouterYaml(text: string, file: string, variables: Variables, problems: Problems): RawConfig {
  const { root, problems: found } = readYaml(text, file);
  problems.list.push(...found);
  if (root === undefined) return { sections: [] };
  const options: Options = { problems, env: variables.values, flags: true, variables };
  return { sections: mapEntries(halfOf(root, 'router'), problems).flatMap((entry) => sectionsOf(entry, options)) };
}

interface Options extends FromYamlOptions {
  readonly variables: Variables;
}

function sectionsOf({ key, value }: YamlEntry, options: Options): Section[] {
  if (SINGLE.includes(key.text)) return [section(key.text, undefined, key, value, options)];
  const kind = Object.hasOwn(NAMED, key.text) ? NAMED[key.text] : undefined;
  if (kind !== undefined)
    return mapEntries(
      value,
      options.problems,
      `'${key.text}' is a mapping: a name and a colon, and its keywords indented below`,
    ).map((entry) => section(kind, entry.key, entry.key, entry.value, options));
  const known = [...SINGLE, ...Object.keys(NAMED)];
  options.problems.error(
    key.at,
    `unknown key '${key.text}'; a configuration holds ${known.join(', ')}`,
    nearest(key.text, known),
  );
  return [];
}

function section(kind: string, name: Word | undefined, { at }: Word, node: YamlNode, options: Options): Section {
  const entries = mapEntries(
    node,
    options.problems,
    `'${(name ?? { text: kind }).text}' is a mapping: 'keyword: value' lines, without '- '`,
  ).filter((entry) => isWritten(entry, options));
  const of = (key: string): YamlEntry[] => entries.filter((entry) => entry.key.text === key);
  const statements = [
    ...of('acl').flatMap((entry) => entryStatements(entry, options)),
    ...entries
      .filter(({ key }) => !['acl', 'rules', 'servers', 'server-template'].includes(key.text))
      .flatMap((entry) => {
        if (kind === 'global') return globalStatements(entry, options);
        return entry.key.text === 'bind' ? binds(entry, options) : entryStatements(entry, options);
      }),
    ...of('rules').flatMap((entry) => rules(entry.value, options)),
    ...entries.flatMap((entry) =>
      entry.key.text === 'servers'
        ? servers(entry, options)
        : entry.key.text === 'server-template'
          ? entryStatements(entry, options)
          : [],
    ),
  ];
  return { kind, name, rest: [], at, statements, dialect: 'yaml' };
}

/** Keywords that are one line with their arguments, and keys that show that their author expects an object. */
const LINES = ['redirect', 'cookie', 'log', 'balance', 'stick-table', 'use_backend', 'use-server'];
const PARTS = ['if', 'unless', 'name', 'target', 'type', 'algorithm'];

/** Reports a statement that is taken apart; each keyword and its arguments are a line, as in haproxy.cfg. */
function isWritten({ key, value }: YamlEntry, { problems }: Options): boolean {
  if (value.kind !== 'map' || !LINES.includes(key.text)) return true;
  const part = value.entries.find((entry) => PARTS.includes(entry.key.text));
  if (part === undefined) return true;
  problems.error(
    part.key.at,
    `'${key.text}' is one line of text, with its conditions and names in it, as in haproxy.cfg: '${key.text}: …'`,
  );
  return false;
}

/** The statements of a key of `global`: variables that it sets are known to the keys after it. */
function globalStatements(entry: YamlEntry, options: Options): Statement[] {
  const statements = entryStatements(entry, options);
  for (const statement of statements) applyEnvironment(statement, options.variables);
  return statements;
}

function rules(node: YamlNode, options: FromYamlOptions): Statement[] {
  if (node.kind !== 'list') {
    if (node.kind === 'map' || node.text !== '')
      options.problems.error(node.at, "'rules' is a list: one rule a line, each after a '- '");
    return [];
  }
  return node.items.flatMap((item) => {
    const [first, ...rest] = item.kind === 'scalar' ? scalarWords(item, options) : [];
    if (first !== undefined) return [{ words: [first, ...rest] }];
    options.problems.error(
      item.at,
      "a rule is one line of text; put it in 'quotes' when it holds ': ' or begins with a bracket",
    );
    return [];
  });
}

/** `servers: { a: "localhost:3000 check" }` → `server a localhost:3000 check`. */
function servers({ key, value }: YamlEntry, options: FromYamlOptions): Statement[] {
  const keyword: Word = { text: 'server', at: key.at };
  if (value.kind === 'list' || (value.kind === 'scalar' && value.text !== '')) {
    options.problems.error(value.at, "'servers' is a mapping: one server a line, as 'name: address'");
    return [];
  }
  return mapEntries(value, options.problems).flatMap((entry) =>
    (entry.value.kind === 'map' ? addressMap(entry.key, entry.value, options) : entryStatements(entry, options)).map(
      ({ words }) => ({ words: [keyword, ...words] }),
    ),
  );
}

/** `bind: { address: 0.0.0.0, port: 80, maxconn: 100 }` → `bind 0.0.0.0:80 maxconn 100`, alone or in a list. */
function binds({ key, value }: YamlEntry, options: FromYamlOptions): Statement[] {
  return (value.kind === 'list' ? value.items : [value]).flatMap((item) =>
    item.kind === 'map' && item.entries.some((entry) => entry.key.text === 'address')
      ? addressMap(key, item, options)
      : entryStatements({ key, value: item }, options),
  );
}

/** `s1: { address: 10.0.0.1, port: 80, check: true, inter: 5s }` → `s1 10.0.0.1:80 check inter 5s`. */
function addressMap(name: Word, { at, entries }: YamlMap, options: FromYamlOptions): Statement[] {
  const one = (key: string): Word | undefined => {
    const value = entries.find((entry) => entry.key.text === key)?.value;
    return value?.kind === 'scalar' ? scalarWords(value, options)[0] : undefined;
  };
  const address = one('address');
  if (address === undefined) {
    options.problems.error(
      at,
      "a server needs an 'address': write 'name: host:port' or 'name: { address: host, port: N }'",
    );
    return [];
  }
  const port = one('port');
  const host = port !== undefined && isIPv6(address.text) ? `[${address.text}]` : address.text;
  const parameters = entries
    .filter(({ key }) => key.text !== 'address' && key.text !== 'port')
    .flatMap((entry) => entryStatements(entry, options))
    .flatMap(({ words: [first, ...rest] }): readonly Word[] => {
      const [negated, ...more] = rest;
      return first.text === 'no' && negated !== undefined
        ? [{ ...negated, text: `no-${negated.text}` }, ...more]
        : [first, ...rest];
    });
  return [{ words: [name, { ...address, text: port === undefined ? host : `${host}:${port.text}` }, ...parameters] }];
}
