import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toYaml } from '@headgate/router/commands/to-yaml';
import { compile } from '@headgate/router/config/compile';
import { GLOBAL_DIRECTIVES, OPTIONS, PROXY_DIRECTIVES } from '@headgate/router/config/directives';
import { readHaproxyCfg } from '@headgate/router/config/haproxy-cfg';
import { SERVER_PARAMETERS } from '@headgate/router/config/server-parameters';
import { Problems, formatProblem } from '@headgate/shared/config/problem';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/router-configuration.md');
const BEGIN = '<!-- generated: begin -->\n';
const END = '<!-- generated: end -->\n';
/** There are no certificates here. */
const io = {
  readFile: (path: string) => (path.endsWith('.pem') ? undefined : 'HTTP/1.1 503 Soon\n\nback soon\n'),
};

const CONTENTS_BEGIN = '<!-- contents: begin -->\n';
const CONTENTS_END = '<!-- contents: end -->\n';

interface Documented {
  readonly doc: string;
  readonly example: string;
  readonly sections?: readonly string[];
  readonly default?: number | string;
}
const proxy = Object.entries<Documented>(PROXY_DIRECTIVES);
const options = Object.entries<Documented>(OPTIONS).map(([name, about]) => [`option ${name}`, about] as const);
const byName = (one: readonly [string, Documented], other: readonly [string, Documented]): number =>
  one[0] < other[0] ? -1 : 1;

/** The lines of an example in their section. */
function section(example: string, kind: string): string {
  const lines = example.split('\n').map((line) => `    ${line}`);
  return [kind === 'global' ? kind : `${kind} x`, ...lines].join('\n');
}

function whole(text: string): string {
  return `global
    external-check
defaults
    mode http
    timeout client 1s
    timeout connect 1s
    timeout server 1s
${text}
frontend f
    bind :80
backend b
    server s localhost:81
http-errors site
    errorfile 403 page.http
    errorfile 503 page.http
`;
}

function problemsOf(text: string): string[] {
  const problems = new Problems();
  const raw = readHaproxyCfg(text, 'example.cfg', {}, problems);
  return compile(raw, io, problems).problems.map(formatProblem);
}

for (const [name, { example }] of Object.entries<Documented>(GLOBAL_DIRECTIVES)) {
  test(`the example of '${name}' in global compiles`, () => {
    const errors = problemsOf(whole(section(example, 'global'))).filter(
      (line) => !/ulimit-n has no effect|HAProxy refuses 'nbproc'/.test(line),
    );
    assert.deepEqual(errors, []);
  });
}

for (const [name, { example, sections = [] }] of [...proxy, ...options]) {
  test(`the example of '${name}' compiles wherever it is allowed`, () => {
    for (const kind of sections) {
      const others = (line: string): boolean =>
        !/has (?:no|a) ('bind|'timeout|'mode|server)|has no effect|'(?:http|tcp)-check' without/.test(line);
      assert.deepEqual(problemsOf(whole(section(example, kind))).filter(others), [], kind);
    }
  });
}

for (const [name, { example }] of Object.entries<Documented>(SERVER_PARAMETERS)) {
  test(`the example of the server parameter '${name}' compiles`, () => {
    const problems = problemsOf(whole(section(`server s localhost:80 ${example}`, 'backend')));
    assert.deepEqual(
      problems.filter((line) => !/has no effect|could be followed|'\w+\.pem' cannot be read/.test(line)),
      [],
    );
  });
}

function entry(
  [name, { doc, example, sections, default: byDefault }]: readonly [string, Documented],
  kind: string,
): string {
  const where = sections === undefined ? '' : `\n\nIn ${sections.join(', ')}.`;
  const raw = readHaproxyCfg(section(example, kind), 'example.cfg', {}, new Problems());
  const yaml = toYaml(raw, [])
    .split('\n')
    .filter((line) => line.startsWith(kind === 'global' ? '  ' : '    '));
  const indent = kind === 'global' ? 2 : 4;
  const preset = byDefault === undefined ? '' : ` Default: \`${byDefault}\`.`;
  return `#### \`${name}\`\n\n${doc}${preset}${where}\n\n\`\`\`\n${example}\n\`\`\`\n\`\`\`yaml\n${yaml.map((line) => line.slice(indent)).join('\n')}\n\`\`\`\n`;
}

function reference(): string {
  const parameters = Object.entries<Documented>(SERVER_PARAMETERS).map(
    ([, { doc, example }]) => `| \`${example}\` | ${doc} |`,
  );
  return [
    '### global\n',
    ...Object.entries<Documented>(GLOBAL_DIRECTIVES)
      .toSorted(byName)
      .map((about) => entry(about, 'global')),
    '### defaults, frontend, listen, backend\n',
    ...[...proxy, ...options].toSorted(byName).map((about) => entry(about, 'listen')),
    '### Parameters of `server` and `default-server`\n',
    ['| example | meaning |', '| --- | --- |', ...parameters, ''].join('\n'),
  ].join('\n');
}

/** The table of contents of a page: its sections, with the entries of the generated ones. Anchors as on GitHub. */
function contents(text: string): string {
  const used = new Map<string, number>();
  const lines: string[] = [];
  for (const [, marks = '', title = ''] of text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^(##+) (.*)$/gm)) {
    const name = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = used.get(name) ?? 0;
    used.set(name, times + 1);
    const link = `[${title}](#${name}${times === 0 ? '' : `-${times}`})`;
    if (marks === '##') lines.push(`- ${link}`);
    else if (marks === '###') lines.push(`  - ${link}`);
    else lines.push(`${lines.pop() ?? ''} · ${link}`);
  }
  return `${lines.join('\n')}\n`;
}

test('docs/router-configuration.md matches the code (UPDATE_GOLDEN=1 rewrites it)', () => {
  const text = readFileSync(page, 'utf8');
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  const after = text.slice(text.indexOf(END));
  const listed = `${before}\n${reference()}\n${after}`;
  const [start, end] = [listed.indexOf(CONTENTS_BEGIN) + CONTENTS_BEGIN.length, listed.indexOf(CONTENTS_END)];
  const wanted = `${listed.slice(0, start)}\n${contents(listed.slice(end))}\n${listed.slice(end)}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, wanted);
  assert.equal(readFileSync(page, 'utf8'), wanted);
});
