/** Rules in named `defaults` sections (HAProxy 2.5 and later): read before those of the proxies that take their settings from it. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Section, Statement } from '@headgate/shared/config/raw';
import type { ProxyKind } from './proxy-kind.ts';

const RULES: ReadonlySet<string> = new Set([
  'acl',
  'http-request',
  'http-response',
  'http-after-response',
  'tcp-request',
  'tcp-response',
]);

/** `tcp-request inspect-delay`: a setting among the rules, which proxies of every kind may share. */
function isDelay({ words }: Statement): boolean {
  return words[1]?.text === 'inspect-delay';
}

/** A frontend has no use for how long servers are waited for. */
function isIdle(statement: Statement, kind: ProxyKind): boolean {
  return kind === 'frontend' && statement.words[0].text === 'tcp-response' && isDelay(statement);
}

export class DefaultsRules {
  /** The lines, `acl` included. */
  readonly statements: readonly Statement[];
  /** The other lines of the section. */
  readonly settings: readonly Statement[];
  readonly #name: string | undefined;
  #users: 'frontend' | 'backend' | undefined;
  #taken = false;

  constructor({ name, statements }: Pick<Section, 'name' | 'statements'>, problems: Problems) {
    const isRule = ({ words: [keyword] }: Statement): boolean => RULES.has(keyword.text);
    this.#name = name?.text;
    this.settings = statements.filter((statement) => !isRule(statement));
    const rules = statements.filter(isRule);
    this.statements = name === undefined ? [] : rules;
    if (name !== undefined) return;
    for (const { words } of rules)
      problems.error(
        words[0].at,
        `'${words[0].text}' belongs in a 'defaults' section with a name ('defaults NAME'), or in a frontend, listen or backend`,
      );
  }

  get #hasRules(): boolean {
    return this.statements.some((statement) => statement.words[0].text !== 'acl' && !isDelay(statement));
  }

  /** The lines for a proxy of this kind. */
  for(kind: ProxyKind): readonly Statement[] {
    return this.statements.filter((statement) => !isIdle(statement, kind));
  }

  /** The lines that it has no use for: they may be wrong all the same. */
  idle(kind: ProxyKind): readonly Statement[] {
    return this.statements.filter((statement) => isIdle(statement, kind));
  }

  /** Whether no proxy took them: their mistakes have not been reported. */
  get unused(): boolean {
    return this.statements.length > 0 && !this.#taken;
  }

  /** Reports a section that cannot have these rules: one section of defaults serves frontends or backends, as in HAProxy. */
  check(kind: ProxyKind, at: Section['at'], problems: Problems): void {
    if (kind !== 'defaults') this.#taken = true;
    if (!this.#hasRules) return;
    const refuse = (why: string): void =>
      problems.error(at, `the rules of defaults '${this.#name}' cannot be used here: ${why}`);
    if (kind === 'defaults') return refuse("'defaults' do not inherit rules; let the proxies name it with 'from'");
    if (kind === 'listen') return refuse("a 'listen' is both frontend and backend; write them in the section itself");
    if (this.#users !== undefined && this.#users !== kind)
      return refuse(`a ${this.#users} has them, and frontends and backends cannot share rules; make two sections`);
    this.#users = kind;
    for (const statement of this.statements) {
      if (isDelay(statement)) continue;
      const { words } = statement;
      const [keyword, stage] = [words[0].text, words[1]?.text ?? ''];
      if (keyword === 'tcp-response' && kind === 'frontend') refuse("'tcp-response' belongs in backends");
      if (keyword === 'tcp-request' && ['connection', 'session'].includes(stage) && kind === 'backend')
        refuse(`'tcp-request ${stage}' belongs in frontends`);
    }
  }
}
