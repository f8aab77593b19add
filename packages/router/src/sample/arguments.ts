import type { Encoding, FileText } from '@headgate/shared/process/regular-file';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { UserList } from '../model/user-list.ts';
import type { EditedLists } from './edited-lists.ts';
import type { PatternLists } from './pattern-lists.ts';
import { bytesOf } from './value.ts';
import type { SampleType } from '../model/values.ts';
import { TOKEN } from '../http/token.ts';

/** What proxies and servers are called. */
export interface ProxyNames {
  readonly backends: readonly string[];
  /** `backend/server`. */
  readonly servers: readonly string[];
  /** The `resolvers` sections. */
  readonly resolvers: readonly string[];
  /** The `cache` sections. */
  readonly caches: readonly string[];
  /** The proxy whose rules are compiled. */
  readonly proxy: string;
}

/** Reports the name of a cache that no section has. */
export function isCache({ text, at }: Word, names: ProxyNames | undefined, problems: Problems): boolean {
  if (names === undefined || names.caches.includes(text)) return true;
  problems.error(at, `there is no cache section '${text}'`, nearest(text, names.caches));
  return false;
}

/** The IO of compiling an expression: files, and environment variables. */
export interface SampleContext {
  /** The text of a file, or why it cannot be read. */
  readonly readFile: (path: string, encoding?: Encoding) => FileText;
  /** The value of an environment variable when the configuration is read. */
  readonly environment?: ((name: string) => string | undefined) | undefined;
  /** Names of proxies and servers that arguments may be; absent where they are not known. */
  readonly names?: ProxyNames | undefined;
  /** The `userlist` section of that name. */
  readonly userList?: ((name: string) => UserList | undefined) | undefined;
  readonly tables?: TableNames | undefined;
  /** Where lists of patterns are noted; absent where nothing can change them. */
  readonly lists?: PatternLists | undefined;
  /** The lists that rules edit; absent where there are none. */
  readonly edited?: EditedLists | undefined;
}

/** The stick tables that expressions and rules of one proxy may name. Tables may be declared later in the file. */
export interface TableNames {
  /** The proxy's own name: its table is meant where none is named. */
  readonly own: string;
  /**
   * Notes that a table is used with keys of this type, if they are its user's: checked once all tables are known. `servers`: what is
   * kept there are servers, which the table stores whatever else it does.
   */
  refer(name: string, at: Position, key?: SampleType, servers?: boolean): void;
}

/** One argument as written, quotes removed, and where it is in the expression. */
export interface ArgumentText {
  readonly text: string;
  readonly offset: number;
}

/** One parameter of a keyword: its name in the documentation, and a check that returns what is wrong with a text, if anything. */
export interface Argument {
  readonly name: string;
  readonly optional: boolean;
  readonly check: (text: string, context: SampleContext) => string | undefined;
  /** What is worth a warning in a text that passed. */
  readonly doubt?: ((text: string) => string | undefined) | undefined;
}

export const VARIABLE = /^(?:proc|sess|txn|req|res|check)\.[A-Za-z0-9_.]{1,64}$/;

type Check = Argument['check'];

export const anyText: Check = () => undefined;
export const integer: Check = (text) => (/^[+-]?\d{1,15}$/.test(text) ? undefined : `'${text}' is not an integer`);
export const positive: Check = (text) => (/^\d{1,15}$/.test(text) ? undefined : `'${text}' is not a positive integer`);
/** HAProxy keeps only the last ten occurrences and refuses to count further back; so do we. */
export const occurrence: Check = (text) =>
  /^(-?[1-9]|-10|[1-9]\d{0,3}|0)$/.test(text)
    ? undefined
    : `'${text}' is not an occurrence: 1 is the first, -1 the last, down to -10`;
export const oneCharacter: Check = (text) => (text.length === 1 ? undefined : 'needs a delimiter of one character');
export const variable: Check = (text) =>
  VARIABLE.test(text) ? undefined : `'${text}' is not a variable: proc.NAME, sess.NAME, txn.NAME, req.NAME or res.NAME`;
/** An integer, or a variable that holds one. */
export const operand: Check = (text) =>
  integer(text, { readFile: () => undefined }) === undefined || VARIABLE.test(text)
    ? undefined
    : `'${text}' is neither an integer nor a variable such as txn.NAME`;

export function oneOf(...words: readonly string[]): Check {
  return (text) => (words.includes(text) ? undefined : `'${text}' is not one of ${words.join(', ')}`);
}

/** The name of a header. As in HAProxy it may be one that no message can have. */
export const headerName: Argument = {
  name: 'name',
  optional: false,
  check: anyText,
  doubt: (text) => (TOKEN.test(text) ? undefined : `'${text}' is not a header name: no message has such a header`),
};

export function required(name: string, check: Check = anyText): Argument {
  return { name, optional: false, check };
}

export function optional(name: string, check: Check = anyText): Argument {
  return { name, optional: true, check };
}

/** The arguments of one call, checked. Texts are bytes as a request has them. */
export class Args {
  readonly #texts: readonly string[];
  readonly context: SampleContext;
  /** Set when a fetch or converter rejects an argument later. */
  readonly at: Position | undefined;

  constructor(texts: readonly string[], context: SampleContext, at?: Position) {
    this.#texts = texts;
    this.context = context;
    this.at = at;
  }

  get count(): number {
    return this.#texts.length;
  }

  has(index: number): boolean {
    return (this.#texts[index] ?? '') !== '';
  }

  /** As written in the configuration (UTF-8), for files and regular expressions. */
  raw(index: number): string {
    return this.#texts[index] ?? '';
  }

  text(index: number, otherwise = ''): string {
    const text = this.#texts[index];
    return text === undefined || text === '' ? otherwise : bytesOf(text);
  }

  number(index: number, otherwise = 0): number {
    return this.has(index) ? Number(this.#texts[index]) : otherwise;
  }
}

/** `NAME[,OCC]`, as documentation writes arguments. */
export function syntaxOf(name: string, args: readonly Argument[]): string {
  if (args.length === 0) return name;
  let text = '';
  let open = 0;
  for (const [index, argument] of args.entries()) {
    const comma = index === 0 ? '' : ',';
    if (argument.optional && !(index === 0 && args.length === 1)) {
      text += `[${comma}${argument.name}`;
      open += 1;
    } else if (argument.optional) {
      text += `[${argument.name}`;
      open += 1;
    } else text += comma + argument.name;
  }
  return `${name}(${text}${']'.repeat(open)})`;
}
