import { Problems, formatProblem } from '@headgate/shared/config/problem';
import type { RawConfig, Statement, Word } from '@headgate/shared/config/raw';
import { Variables } from '@headgate/shared/config/variables';
import { MAX_CONFIGURATION, readRegularText } from '@headgate/shared/process/regular-file';
import type { Command, Loaded } from '@headgate/shared/process/product';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { withCertificates } from '../config/certificates.ts';
import { compile } from '../config/compile.ts';
import type { CompileIo } from '../config/directive.ts';
import { readHaproxyCfg } from '../config/haproxy-cfg.ts';
import { fileText } from '../config/read.ts';
import { successorOf } from '../config/removed.ts';
import { textOf } from '../rules/statement-text.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { carryOver, lineOf, placeOf, without } from './carry-over.ts';
import { withModes } from './implied-modes.ts';
import { inlineDefaults } from './inline-defaults.ts';
import { terminatedBinds } from './terminated-binds.ts';
import { toYaml } from './to-yaml.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

const USAGE = 'import haproxy.cfg > router.yaml';
const SUMMARY = SUMMARIES.import;

/**
 * `headgate-router import haproxy.cfg`: prints the same configuration as YAML, which `check` accepts. Unsupported lines, and
 * lines that depend on them, become comments with the reason; then the exit code is 1. Environment variables remain variables.
 */
export const importHaproxy: Command = {
  summary: SUMMARY,
  async run(args, io) {
    if (usage.helped(args, USAGE, SUMMARY, io)) return 0;
    const parsed = usage.parse({ args: [...args], options: {}, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const [file, ...more] = parsed.positionals;
    if (file === undefined || more.length > 0) return usage.wrong('expected one file', USAGE, io);
    const text = readRegularText(file, MAX_CONFIGURATION);
    if (typeof text !== 'string') {
      io.err(`headgate-router: ${file} cannot be read: ${text?.unreadable}\n`);
      return 1;
    }
    const { yaml, complete, problems } = importText(text, file, process.env);
    for (const problem of problems) io.err(`${formatProblem(problem)}\n`);
    if (yaml !== undefined) io.out(yaml);
    return complete ? 0 : 1;
  },
};

export interface Imported {
  /** Undefined when there is no section to write. */
  readonly yaml: string | undefined;
  /** Whether nothing was left out. */
  readonly complete: boolean;
  readonly problems: Problems['list'];
  /** What was carried over, compiled; undefined where nothing was. */
  readonly snapshot?: Snapshot | undefined;
}

/** How the result goes with a terminator. */
export interface Together {
  /** The private sockets of `bind … ssl`, which is refused without them. */
  readonly privateSocket: NonNullable<CompileIo['privateSocket']>;
  /** Whether the YAML is for the router alone: what is about TLS is left out of it. */
  readonly split: boolean;
}

/** The YAML for the text of a haproxy.cfg. */
export function importText(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  together?: Together,
): Imported {
  const reading = new Problems();
  const variables = new Variables(env);
  const expanded = withModes(withSuccessors(readHaproxyCfg(text, file, variables, reading), reading));
  const kept = withModes(
    withSuccessors(readHaproxyCfg(text, file, new Variables(env), new Problems(), { keepVariables: true })),
  );
  if (kept.sections.length === 0) return { yaml: undefined, complete: false, problems: reading.list };

  const durations = new Map<string, number>();
  const integers = new Map<string, string>();
  const compiled = (raw: RawConfig): Loaded<Snapshot> => {
    const problems = new Problems();
    problems.list.push(...reading.list);
    const io: CompileIo = {
      readFile: fileText,
      environment: (name: string): string | undefined => variables.get(name),
      onDuration: ({ at }: Word, ms: number): void => void durations.set(placeOf(at), ms),
      onInteger: ({ at }: Word, value: string): void => void integers.set(placeOf(at), value),
      privateSocket: together?.privateSocket,
    };
    return compile(raw, io, problems);
  };
  const check = (raw: RawConfig): Problems['list'] => [...compiled(raw).problems];
  const problems = check(expanded);
  const stays = placesWithVariables(kept);
  const errors = problems.filter(({ severity, at }) => severity === 'error' && !stays.has(placeOf(at)));
  const refusedLines = new Set(errors.map(({ at }) => lineOf(at)));
  // What a proxy inherits but cannot keep is left out of the proxy, not of its defaults.
  const always = kept.sections.some(
    ({ kind, statements }) => kind === 'defaults' && statements.some(isRefusedMode(refusedLines)),
  );
  const whole = { sections: inlineDefaults(expanded.sections, always) };
  const refused = carryOver(whole, check, stays);
  const complete = errors.length === 0;
  const lost = complete ? '' : " Lines that begin with '# -' were not carried over; the reason is above each.";
  const decided = /^\s*\.if\b/m.test(text)
    ? "\n# Its '.if' blocks were decided when this was written: the lines of branches that were not taken are not here."
    : '';
  const { snapshot } = together === undefined ? { snapshot: undefined } : compiled(without(whole, refused));
  const inlined = inlineDefaults(kept.sections, always);
  const sections =
    together?.split === true && snapshot !== undefined
      ? terminatedBinds(withCertificates({ sections: inlined }, together, new Problems()).sections, snapshot)
      : inlined;
  return {
    snapshot,
    yaml: `# ${file}, as the router's own YAML.${lost}${decided}\n${toYaml({ sections }, problems, { refused, durations, integers })}`,
    complete,
    problems,
  };
}

/** Lines that HAProxy removed, replaced by those that do the same; `problems` get a note of each. */
function withSuccessors({ sections }: RawConfig, problems?: Problems): RawConfig {
  const replaced = (statement: Statement): Statement => {
    const successor = successorOf(statement);
    if (successor === undefined) return statement;
    problems?.warning(statement.words[0].at, `was '${textOf(statement)}', which was removed from HAProxy`);
    return successor;
  };
  return { sections: sections.map((section) => ({ ...section, statements: section.statements.map(replaced) })) };
}

function isRefusedMode(lines: ReadonlySet<string>): (statement: Statement) => boolean {
  return ({ words: [keyword] }) => keyword.text === 'mode' && lines.has(lineOf(keyword.at));
}

/** Problems of such a word are only known where the router runs. */
function placesWithVariables({ sections }: RawConfig): ReadonlySet<string> {
  const words = sections.flatMap(({ rest, statements }) => [
    ...rest,
    ...statements.flatMap((statement) => statement.words),
  ]);
  return new Set(
    words.filter(({ kept, text }) => kept !== undefined || /\$[A-Za-z_{]/.test(text)).map(({ at }) => placeOf(at)),
  );
}
