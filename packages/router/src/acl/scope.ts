import type { Problems } from '@headgate/shared/config/problem';
import type { Encoding, FileText } from '@headgate/shared/process/regular-file';
import type { Position, Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Condition } from '../model/snapshot.ts';
import { checkPhase, phases } from '../sample/phase.ts';
import type { SampleContext } from '../sample/arguments.ts';
import type { Phase } from '../sample/phase.ts';
import { conditionClosure, isOr, parseCondition } from './condition.ts';
import { compileCriterion, looksLikeCriterion } from './criterion.ts';
import type { Criterion } from './criterion.ts';
import type { CompileContext } from './patterns.ts';
import { predefined } from './predefined.ts';

const NAME = /^[A-Za-z0-9_.:-]+$/;
const RESERVED: ReadonlySet<string> = new Set(['if', 'unless']);

/** The IO of a scope: pattern files, and environment variables (`env(NAME)`). */
export interface ScopeIo {
  readFile(path: string, encoding?: Encoding): FileText;
  readonly environment?: ((name: string) => string | undefined) | undefined;
  readonly userList?: SampleContext['userList'];
  readonly lists?: SampleContext['lists'];
}

/** The proxy whose rules they are for. */
export type Owner = Pick<
  CompileContext,
  'proxy' | 'names' | 'captures' | 'hasServers' | 'tables' | 'errorFiles' | 'edited'
>;

/**
 * The ACLs of one proxy. They must be defined before a condition uses them; lines with the same name are ORed,
 * for conditions above them too. Problems are added to the given list, each at its word.
 */
export class AclScope {
  readonly #context: CompileContext;
  readonly #acls = new Map<string, Criterion[]>();
  /** Where each was first named, until a condition uses it. */
  readonly #unused = new Map<string, Position>();

  /** Where rules on requests are evaluated: on the bytes of a connection in mode tcp. */
  requestPhase: Phase = phases.request;
  /** In mode tcp, with a rule that switches connections to mode http: rules on requests have an effect. */
  switches = false;

  /** The same for rules on responses. */
  get responsePhase(): Phase {
    return this.requestPhase === phases.stream ? phases.streamResponse : phases.response;
  }

  constructor(problems: Problems, io: ScopeIo, owner: Owner = {}) {
    const { environment, userList, lists } = io;
    this.#context = {
      problems,
      readFile: (path, encoding) => io.readFile(path, encoding),
      environment,
      userList,
      lists,
      ...owner,
    };
  }

  /** What expressions of this proxy's rules are compiled with. */
  get expressions(): CompileContext {
    return this.#context;
  }

  /** `acl NAME CRITERION [flags] [patterns]`. */
  define(statement: Statement): void {
    const [keyword, name, ...words] = statement.words;
    const { problems } = this.#context;
    if (name === undefined) {
      problems.error(keyword.at, 'acl needs a name and a criterion');
      return;
    }
    if (!NAME.test(name.text) || RESERVED.has(name.text) || isOr(name.text)) {
      problems.error(name.at, `'${name.text}' cannot be the name of an acl`);
      return;
    }
    const criteria = this.#acls.get(name.text) ?? [];
    if (!this.#acls.has(name.text)) this.#unused.set(name.text, name.at);
    this.#acls.set(name.text, criteria);
    const criterion = compileCriterion(words, name.at, this.#context);
    if (criterion !== undefined) criteria.push(criterion);
  }

  /**
   * Compiles `if|unless ...`; no words, no condition. A fetch that is unavailable in the phase is a problem. After a problem the
   * result is a condition that never holds, so that a rule with a broken condition is not treated as an unconditional rule.
   */
  condition(words: readonly Word[], at: Position, phase: Phase = this.requestPhase): Condition | undefined {
    // As in HAProxy empty words at the end of a line are none.
    if (words.every(({ text }) => text === '')) return undefined;
    const parsed = parseCondition(words, at, this.#context, (word, following) => this.#find(word, following));
    if (parsed === undefined) return () => false;
    for (const term of parsed.alternatives.flat())
      for (const criterion of term.criteria) if (!checkPhase(criterion, phase, term.at, this.#context.problems)) break;
    return conditionClosure(parsed, phase === phases.stream || phase === phases.streamResponse);
  }

  /** Warns of ACLs that no condition names: often a name is misspelled in one of the two places. */
  warnOfUnused(): void {
    for (const [name, at] of this.#unused)
      this.#context.problems.warning(at, `acl '${name}' is never used: no condition names it`);
  }

  #find(word: Word, following: readonly Word[] = []): readonly Criterion[] | undefined {
    this.#unused.delete(word.text);
    const own = this.#acls.get(word.text) ?? this.#predefined(word);
    if (own !== undefined) return own;
    const { problems } = this.#context;
    const inBraces = /^!?\{./.test(word.text) || /.\}$/.test(word.text);
    const lower = word.text.toLowerCase();
    if (lower === 'and' || lower === '&&')
      problems.error(word.at, `'${word.text}' is not needed: adjacent terms must all hold`);
    else if (inBraces)
      problems.error(word.at, `no such acl '${word.text}': braces must be separated by blanks, { like this }`);
    else if (looksLikeCriterion(word))
      problems.error(
        word.at,
        `no such acl '${word.text}': a test without a name belongs in braces, { ${[word, ...following].map(({ text }) => text).join(' ')} }`,
      );
    else
      problems.error(
        word.at,
        `no such acl '${word.text}'`,
        nearest(word.text, [...this.#acls.keys(), ...Object.keys(predefined)]),
      );
    return undefined;
  }

  #predefined({ text: name, at }: Word): readonly Criterion[] | undefined {
    const lines = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
    return lines?.flatMap(
      (line) =>
        compileCriterion(
          line.map((text) => ({ text, at })),
          at,
          this.#context,
        ) ?? [],
    );
  }
}
