import type { Problems } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { Variables } from '@headgate/shared/config/variables';
import { splitWords } from '@headgate/shared/config/words';
import type { Environment, Split, SplitOptions } from '@headgate/shared/config/words';
import { warnOfDoubts } from './doubts.ts';
import { Blocks } from './file/blocks.ts';
import { ENVIRONMENT, applyEnvironment } from './file/environment.ts';
import { SECTIONS_NOT_YET } from '../model/vocabulary.ts';
import { SECTIONS_WITHOUT_EFFECT } from '../model/without-effect.ts';

const SECTIONS: ReadonlySet<string> = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'userlist',
  'http-errors',
  'peers',
  'resolvers',
  ...Object.keys(SECTIONS_WITHOUT_EFFECT),
  ...SECTIONS_NOT_YET,
]);

/** Largest haproxy.cfg read, in characters. */
export const MAX_CFG_LENGTH = 4_194_304;

interface OpenSection extends Section {
  readonly statements: Statement[];
}

/**
 * Parses a haproxy.cfg (configuration manual §2.1 to §2.4): one statement per line, sections start with their keyword. `.if` blocks
 * are decided, and `setenv` and related keywords act on `env`, while the lines are read. Constructs that later HAProxy releases
 * refuse but the article's file uses are read with a warning. `keepVariables` leaves `"$NAME"` as it is written.
 */
export function readHaproxyCfg(
  text: string,
  file: string,
  env: Environment | Variables,
  problems: Problems,
  { keepVariables = false }: Pick<SplitOptions, 'keepVariables'> = {},
): RawConfig {
  const sections: OpenSection[] = [];
  if (text.length > MAX_CFG_LENGTH) {
    problems.error({ file, line: 1, column: 1 }, `this file is longer than ${MAX_CFG_LENGTH} characters`);
    return { sections };
  }
  const variables = Variables.of(env);
  const blocks = new Blocks(variables, problems);
  let nonBreaking: Position | undefined;
  let line = 0;
  for (const written of text.replace(/^\uFEFF/, '').split('\n')) {
    line += 1;
    const at = { file, line, column: 1 };
    const section = sections.at(-1);
    variables.place(at, section?.name?.text ?? section?.kind ?? '');
    const expanded = (): Split => splitWords(written, at, { env: variables.values });
    // A condition is decided now, whether or not variables are kept.
    const isDirective = /^\s*\.\w/.test(written);
    const split = keepVariables && !isDirective ? splitWords(written, at, { keepVariables }) : expanded();
    // Lines of a branch that is not taken are still split, as in HAProxy: an open quote in one is an error.
    problems.list.push(...split.problems.filter(({ severity }) => severity === 'error' || !blocks.skipping));
    nonBreaking ??= split.nonBreaking;
    const [first, ...rest] = split.words;
    if (first === undefined) continue;
    if (isDirective) blocks.line([first, ...rest]);
    else if (blocks.skipping) continue;
    else if (SECTIONS.has(first.text) && first.quoted !== true) sections.push(open(first, rest));
    else if (section === undefined)
      problems.error(
        first.at,
        `'${first.text}' appears before the first section (global, defaults, frontend, backend or listen)`,
      );
    else {
      section.statements.push({ words: [first, ...rest] });
      if (section.kind === 'global' && ENVIRONMENT.includes(first.text)) {
        const [keyword = first, ...values] = expanded().words;
        applyEnvironment({ words: [keyword, ...values] }, variables);
      }
    }
  }
  blocks.finish();
  warnOfLostEnd(text, file, problems);
  for (const section of sections) warnOfDoubts(section, problems);
  if (nonBreaking !== undefined)
    problems.warning(
      nonBreaking,
      'this file holds non-breaking spaces, as text copied from a web page does; they are read as blanks',
    );
  return { sections };
}

/** As in HAProxy, a file without a final line end is refused: it may be a truncated copy. */
function warnOfLostEnd(text: string, file: string, problems: Problems): void {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  if (last.trim() !== '')
    problems.warning(
      { file, line: lines.length, column: last.length + 1 },
      'there is no line feed at the end of this file: HAProxy takes it for cut short',
    );
}

function open(keyword: Word, words: readonly Word[]): OpenSection {
  const named = keyword.text !== 'global' && words[0]?.text !== 'from';
  const name = named ? words[0] : undefined;
  const rest = words.slice(name === undefined ? 0 : 1);
  return { kind: keyword.text, name, rest, at: keyword.at, statements: [] };
}
