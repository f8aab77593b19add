/** docs/compatibility.md: every keyword of HAProxy 2.6 and what becomes of it, written from the registries. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '@headgate/router/config/compile';
import { GLOBAL_DIRECTIVES, OPTIONS, PROXY_DIRECTIVES } from '@headgate/router/config/directives';
import { readHaproxyCfg } from '@headgate/router/config/haproxy-cfg';
import { GLOBAL_WORDS } from '../../packages/headgate/src/tls/defaults.ts';
import { BIND_WORDS } from '../../packages/headgate/src/tls/words.ts';
import { Problems } from '@headgate/shared/config/problem';
import { converters } from '@headgate/router/sample/converters';
import { fetches } from '@headgate/router/sample/fetches';
import { instead } from '@headgate/router/sample/unsupported';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/compatibility.md');
/** The keywords that HAProxy 2.6.12 registers (`haproxy -dKall`) and its manual lists. */
const haproxy = JSON.parse(readFileSync(join(root, 'test/fixtures/haproxy-2.6.json'), 'utf8')) as Keywords;

interface Keywords {
  readonly sections: readonly string[];
  readonly global: readonly string[];
  readonly proxies: readonly string[];
  readonly options: readonly string[];
  readonly bind: readonly string[];
  readonly server: readonly string[];
  readonly actions: Readonly<Record<string, readonly string[]>>;
  readonly fetches: readonly string[];
  readonly converters: readonly string[];
}

type Status = 'yes' | 'no effect' | 'refused' | 'unknown';

interface Row {
  readonly keyword: string;
  readonly status: Status;
  readonly note: string;
}

/** What the compiler says of a line, arguments aside: a keyword that it reads complains of those, or of nothing. */
function probe(keyword: string, lines: readonly string[], doc = ''): Row {
  const problems = new Problems();
  const raw = readHaproxyCfg(`${lines.join('\n')}\n`, 'x.cfg', {}, problems);
  const said = compile(raw, { readFile: () => undefined }, problems)
    .problems.filter(({ at }) => at.line === lines.length)
    .map(({ message }) => message);
  const find = (pattern: RegExp): RegExpExecArray | undefined =>
    said.map((message) => pattern.exec(message)).find((found) => found !== null) ?? undefined;
  const unknown = find(/^(?:unknown (?:keyword|option|section|parameter|action)|.*is not an action)/);
  if (unknown !== undefined) return { keyword, status: 'unknown', note: unknown.input };
  const idle = find(/^'.*' has no effect: (.*)$/);
  if (idle !== undefined) return { keyword, status: 'no effect', note: idle[1] ?? '' };
  const removed = find(/was removed from HAProxy(.*)/);
  if (removed !== undefined) return { keyword, status: 'refused', note: `removed from HAProxy${removed[1] ?? ''}` };
  const refused = find(/^not supported(?: yet)?: [^(]*(?:\((.*)\))?$/s);
  if (refused !== undefined) return { keyword, status: 'refused', note: refused[1] ?? '' };
  return { keyword, status: 'yes', note: doc };
}

/** The first sentence of a documentation text. */
function sentence(doc: string): string {
  return (/^.*?[.:](?=\s|$)/s.exec(doc)?.[0] ?? doc).replace(/[.:]$/, '').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function docOf(table: Readonly<Record<string, { readonly doc: string }>>, word: string): string {
  return Object.hasOwn(table, word) ? sentence(table[word]?.doc ?? '') : '';
}

function sampleRow(
  name: string,
  own: Readonly<Record<string, { readonly doc: string }>>,
  refusal: (word: string) => string | undefined,
): Row {
  if (Object.hasOwn(own, name)) return { keyword: name, status: 'yes', note: docOf(own, name) };
  const why = refusal(name);
  return { keyword: name, status: why === undefined ? 'unknown' : 'refused', note: why ?? '' };
}

/** Words about the TLS of binds: what `headgate` makes of them, which runs the terminator too. */
function tlsRow(keyword: string, words: Readonly<Record<string, { readonly doc: string }>>): Row | undefined {
  if (!Object.hasOwn(words, keyword)) return undefined;
  const [, status, why] = /^(refused|no effect): (.*)$/s.exec(words[keyword]?.doc ?? '') ?? [];
  if (status !== undefined) return { keyword, status: status as Status, note: why ?? '' };
  return { keyword, status: 'yes', note: `with \`headgate\`: ${docOf(words, keyword)}` };
}

const BIND_TLS = {
  ...BIND_WORDS,
  ssl: { doc: 'TLS, which headgate-terminator terminates; headgate-router alone refuses it.' },
};

const DIRECTIVES: Readonly<Record<string, { readonly doc: string }>> = PROXY_DIRECTIVES;
const GLOBALS: Readonly<Record<string, { readonly doc: string }>> = GLOBAL_DIRECTIVES;

const LISTEN = ['listen l', 'mode http'];
const tables: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  ['Sections', haproxy.sections.map((word) => probe(word, [`${word} x`]))],
  [
    '`global`',
    haproxy.global.map((word) => tlsRow(word, GLOBAL_WORDS) ?? probe(word, ['global', word], docOf(GLOBALS, word))),
  ],
  [
    '`defaults`, `frontend`, `listen`, `backend`',
    haproxy.proxies.map((words) => probe(words, [...LISTEN, words], docOf(DIRECTIVES, words.split(' ')[0] ?? ''))),
  ],
  ['`option`', haproxy.options.map((word) => probe(word, [...LISTEN, `option ${word}`], docOf(OPTIONS, word)))],
  [
    'Parameters of `bind`',
    haproxy.bind.map((word) => tlsRow(word, BIND_TLS) ?? probe(word, [...LISTEN, `bind :80 ${word}`])),
  ],
  ['Parameters of `server`', haproxy.server.map((word) => probe(word, [...LISTEN, `server s 127.0.0.1:80 ${word}`]))],
  ...Object.entries(haproxy.actions).map(
    ([family, words]) => [`\`${family}\``, words.map((word) => probe(word, [...LISTEN, `${family} ${word}`]))] as const,
  ),
  ['Sample fetches', haproxy.fetches.map((word) => sampleRow(word, fetches, instead.fetch))],
  ['Converters', haproxy.converters.map((word) => sampleRow(word, converters, () => undefined))],
];

function count(rows: readonly Row[], status: Status): number {
  return rows.filter((row) => row.status === status).length;
}

function written(): string {
  const all = tables.flatMap(([, rows]) => rows);
  const summary = [...tables, ['All', all] as const].map(
    ([title, rows]) => `| ${title} | ${count(rows, 'yes')} | ${count(rows, 'no effect')} | ${count(rows, 'refused')} |`,
  );
  const lists = tables.map(
    ([title, rows]) =>
      `## ${title}\n\n| keyword | | |\n| --- | --- | --- |\n${rows
        .map(({ keyword, status, note }) => `| \`${keyword}\` | ${status} | ${note} |`)
        .join('\n')}\n`,
  );
  return `# Compatibility with HAProxy 2.6

Every keyword that HAProxy 2.6.12 registers or documents, and what the router does with it. Of the TLS of binds it knows nothing; those
words are for [\`headgate\`](both-halves.md), which runs the terminator too:

- **yes**: it has HAProxy's meaning. Arguments and exceptions are in [the reference](router-configuration.md), [samples](samples.md) and [acl](acl.md).
- **no effect**: it is accepted, a warning gives the reason, and neither traffic nor decisions change.
- **refused**: the configuration does not load; the message names the keyword and what to do instead.

A keyword that is none of these is a typo, and the nearest right word is suggested. This page is written from the tables the compiler reads:
\`UPDATE_GOLDEN=1 node --conditions=x-src --test test/golden/compatibility.test.ts\`.

| | yes | no effect | refused |
| --- | --- | --- | --- |
${summary.join('\n')}

${lists.join('\n')}`;
}

test('no keyword of HAProxy 2.6 is unknown', () => {
  const unknown = tables.flatMap(([title, rows]) =>
    rows.filter(({ status }) => status === 'unknown').map(({ keyword, note }) => `${title} ${keyword}: ${note}`),
  );
  assert.deepEqual(unknown, []);
});

test('a keyword that is refused or without effect has a reason', () => {
  const silent = tables.flatMap(([title, rows]) =>
    rows
      .filter(({ status, note }) => status === 'no effect' && note === '')
      .map(({ keyword }) => `${title} ${keyword}`),
  );
  assert.deepEqual(silent, []);
});

test('docs/compatibility.md matches the code (UPDATE_GOLDEN=1 rewrites it)', () => {
  const wanted = written();
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, wanted);
  assert.equal(readFileSync(page, 'utf8'), wanted);
});
