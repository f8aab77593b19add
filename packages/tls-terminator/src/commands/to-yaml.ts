import { Problems, formatProblem } from '@headgate/shared/config/problem';
import type { RawConfig, Section, Word } from '@headgate/shared/config/raw';
import { globalDirectives, serviceDirectives } from '../config/directives.ts';
import { readDrafts } from '../config/read-drafts.ts';

/** What differs from stunnel even though the line is the same, for the values it differs for. */
const NOTES: Readonly<Record<string, { readonly when: RegExp; readonly note: string }>> = {
  connect: { when: /^(localhost:)?[\w-]+$/i, note: 'localhost is 127.0.0.1, then ::1; stunnel tries ::1 first' },
  foreground: { when: /^/, note: 'only decides about standard error; -D goes to the background' },
  output: { when: /^/, note: 'SIGUSR1 stops the program instead of opening this again: rotate with copytruncate' },
  protocol: { when: /^proxy$/, note: 'proxy-v2 would also tell the TLS version, cipher and server name' },
};

const DIFFERENCES = `# What stunnel does by default and this does not, unless it is said:
#   it goes to the background (here: -D) and logs to syslog (here: syslog: yes);
#   it cuts connections at a stop (here they may finish: hard-stop-after, 30s);
#   ciphers, groups and their order are Mozilla's intermediate profile here.
`;

/** A stunnel.conf as YAML. `incomplete`: something had to be left as a comment. */
export function toYaml(
  file: string,
  raw: RawConfig,
  differences = DIFFERENCES,
): { readonly text: string; readonly incomplete: boolean } {
  const problems = new Problems();
  readDrafts(raw, problems);
  const writer = new Writer(problems);
  const [global, ...services] = raw.sections;
  const top = global === undefined ? '' : writer.options(global, '');
  const rest = services.map((section) => `  ${scalar(section.name?.text ?? '')}:\n${writer.options(section, '    ')}`);
  const text = `# From ${file}\n${differences}\n${top}services:\n${rest.join('')}`;
  return { text, incomplete: problems.hasErrors };
}

class Writer {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** One line for each option; options given several times become one list. */
  options(section: Section, indent: string): string {
    const values = new Map<string, { readonly name: Word; readonly items: Word[] }>();
    for (const {
      words: [name, value],
    } of section.statements) {
      const key = properName(name.text);
      const item = value ?? { text: '', at: name.at };
      const known = values.get(key);
      if (known === undefined || !isRepeatable(key)) values.set(key, { name, items: [item] });
      else known.items.push(item);
    }
    return [...values].map(([key, { name, items }]) => this.#option(key, name, items, indent)).join('');
  }

  #option(key: string, name: Word, items: readonly Word[], indent: string): string {
    const said = this.#problems.list.filter(({ at }) =>
      [name, ...items].some((word) => word.at.line === at.line && word.at.file === at.file),
    );
    const comments = said.map((problem) => `${indent}# ${formatProblem(problem)}\n`).join('');
    const value =
      items.length === 1 ? scalar(items[0]?.text ?? '') : `[${items.map(({ text }) => scalar(text)).join(', ')}]`;
    const off = said.some(({ severity }) => severity === 'error') ? '# ' : '';
    const remark = Object.hasOwn(NOTES, key) ? NOTES[key] : undefined;
    const note = remark !== undefined && items.some(({ text }) => remark.when.test(text)) ? `  # ${remark.note}` : '';
    return `${comments}${indent}${off}${key}: ${value}${note}\n`;
  }
}

/** stunnel takes ACCEPT for accept: write what the documentation writes. */
function properName(text: string): string {
  const names = [...Object.keys(globalDirectives), ...Object.keys(serviceDirectives)];
  return names.find((name) => name.toLowerCase() === text.toLowerCase()) ?? text;
}

function isRepeatable(key: string): boolean {
  return Object.entries(serviceDirectives).some(([name, { repeatable }]) => name === key && repeatable === true);
}

/** Plain where YAML reads it back as the same text, else in double quotes. */
function scalar(text: string): string {
  return /^[A-Za-z0-9_/.][A-Za-z0-9_/.@+=-]*(:[A-Za-z0-9_/.@+=-]+)*$/.test(text) ? text : JSON.stringify(text);
}
