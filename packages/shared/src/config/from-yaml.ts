import type { Problems } from './problem.ts';
import type { Statement, Word } from './raw.ts';
import { splitWords } from './words.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml.ts';

export interface FromYamlOptions {
  readonly problems: Problems;
  /** Variables for `${NAME}` in a value, and for double quotes inside it. Default: none is expanded. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** True: a plain `true` means the key alone and `false` means `no KEY` (`daemon: true`). Default: they are ordinary words. */
  readonly flags?: boolean;
}

/** The words of a scalar, split as in HAProxy's own files; YAML has already removed the comments. */
export function scalarWords(scalar: YamlScalar, options: FromYamlOptions): readonly Word[] {
  const split = splitWords(scalar.text, scalar.locate, {
    comments: false,
    ...(options.env === undefined ? {} : { env: options.env, braces: true }),
  });
  options.problems.list.push(...split.problems);
  return split.words;
}

/**
 * The statements one mapping entry expands to:
 * `key: a b` → `key a b`; `key: [a, b]` → `key a`, `key b`; `key: { sub: a }` → `key sub a`, and so on at any depth.
 */
export function entryStatements(entry: YamlEntry, options: FromYamlOptions): Statement[] {
  return expand([entry.key], entry.value, options);
}

/** The statements of every entry of a mapping, in order. Any other node is a problem. */
export function mapStatements(node: YamlNode, options: FromYamlOptions): Statement[] {
  const entries = mapEntries(node, options.problems);
  return entries.flatMap((entry) => entryStatements(entry, options));
}

/** The two keys of a file for both programs, each with the configuration of one. */
const HALVES = ['router', 'terminator'];

/** In a file for both programs (`router:` and `terminator:` at the top) the part of one; else the file. */
export function halfOf(root: YamlNode, half: 'router' | 'terminator'): YamlNode {
  if (root.kind !== 'map' || root.entries.length === 0) return root;
  if (!root.entries.every(({ key }) => HALVES.includes(key.text))) return root;
  return root.entries.find(({ key }) => key.text === half)?.value ?? { ...root, entries: [] };
}

/** The entries of a mapping; an empty value is an empty mapping, anything else is a problem. `expected`: what should be here. */
export function mapEntries(
  node: YamlNode,
  problems: Problems,
  expected = "a mapping ('key: value' lines) is expected here",
): readonly YamlEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind !== 'scalar' || !node.plain || node.text !== '') problems.error(node.at, expected);
  return [];
}

/** What is text in YAML 1.2, and meant as true or false. */
const TRUTHS: Readonly<Record<string, string>> = { yes: 'true', on: 'true', no: 'false', off: 'false' };

function expand(prefix: readonly [Word, ...Word[]], node: YamlNode, options: FromYamlOptions): Statement[] {
  if (node.kind === 'map') return node.entries.flatMap((entry) => expand([...prefix, entry.key], entry.value, options));
  if (node.kind === 'list') return node.items.flatMap((item) => expand(prefix, item, options));
  if (options.flags === true && node.plain && node.text === 'true') return [{ words: prefix }];
  if (options.flags === true && node.plain && node.text === 'false')
    return [{ words: [{ text: 'no', at: node.at }, ...prefix] }];
  const truth = options.flags === true && isOption(prefix) ? truthOf(node.text) : undefined;
  if (truth === undefined) return [{ words: [...prefix, ...scalarWords(node, options)] }];
  options.problems.error(node.at, `'${node.text}' is text: write ${truth}, without quotes`);
  return [];
}

/** `option: { forwardfor: … }`. */
function isOption([first, ...more]: readonly [Word, ...Word[]]): boolean {
  return first.text === 'option' && more.length === 1;
}

/** The boolean that a text is meant as. */
function truthOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower : Object.hasOwn(TRUTHS, lower) ? TRUTHS[lower] : undefined;
}
