import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { aclKeywords } from '@headgate/router/acl/keywords';
import { syntaxOf } from '@headgate/router/sample/arguments';
import { converterFamilies } from '@headgate/router/sample/converters';
import { aliases, fetchFamilies } from '@headgate/router/sample/fetches';
import { isPure } from '@headgate/router/sample/phase';
import type { Converter, Fetch } from '@headgate/router/sample/row';
import { aliases as formatAliases } from '@headgate/router/sample/aliases';
import { instead } from '@headgate/router/sample/unsupported';
import { typeNames } from '@headgate/router/sample/value';

const page = join(import.meta.dirname, '../../docs/samples.md');

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function fetchRow([name, fetch]: readonly [string, Fetch]): readonly string[] {
  const others = Object.keys(aliases).filter((alias) => aliases[alias] === name);
  const names = [syntaxOf(name, fetch.args ?? []), ...others].map(code).join(', ');
  const varies = typeof fetch.reads === 'function' || isPure(fetch.reads) ? '' : ' Not the same for the same request.';
  return [names, typeNames[fetch.type], `${cell(fetch.doc)}${varies}`, code(fetch.example)];
}

function converterRow([name, converter]: readonly [string, Converter]): readonly string[] {
  return [
    code(syntaxOf(name, converter.args ?? [])),
    `${typeNames[converter.from]} → ${typeNames[converter.to]}`,
    cell(converter.doc),
    code(converter.example),
  ];
}

/** Unsupported names, grouped by hint. */
function refused(names: readonly string[], hint: (name: string) => string | undefined): string {
  const groups = Map.groupBy(names, (name) => hint(name) ?? '');
  return table(
    ['not supported', 'instead'],
    [...groups].map(([text, list]) => [list.map(code).join(' '), cell(text)]),
  );
}

function rendered(): string {
  const fetchTables = Object.entries(fetchFamilies).map(
    ([title, family]) =>
      `### ${title}\n\n${table(['fetch', 'type', 'value', 'example'], Object.entries(family).map(fetchRow))}`,
  );
  const converterTables = Object.entries(converterFamilies).map(
    ([title, family]) =>
      `### ${title}\n\n${table(['converter', 'types', 'result', 'example'], Object.entries(family).map(converterRow))}`,
  );
  return `<!-- Generated from packages/router/src/sample by UPDATE_GOLDEN=1 npm test; a test compares them. -->

# Sample expressions

A sample expression is a fetch followed by any number of converters: \`path,lower,length\`. It yields a value, or none when what it
asks for is not there. ACLs compare values with patterns ([acl.md](acl.md)).

Types are HAProxy's: boolean, integer (64 bits, signed), address (IPv4 or IPv6), string, binary, method. A value is cast to the type
that the next converter expects: an integer becomes its decimal digits, a boolean 1 or 0, a string its leading integer. A cast
that does not exist is an error when the configuration is loaded.

In arguments, quotes protect commas, parentheses and blanks; a backslash protects a quote, a blank or a backslash;
\`\\r\`, \`\\n\` and \`\\t\` are line endings and a tab. In haproxy.cfg the
complete expression is one word, so quotes inside it are themselves quoted or escaped: \`hdr(x),field(1,\\",\\")\`.

A fetch of a header, cookie or parameter may find several values. An ACL tries each; elsewhere the value is the last (headers, a named
cookie) or the first (parameters).

## Fetches

${fetchTables.join('\n\n')}

These have ACL forms with a match built in: ${[...new Set([...aclKeywords.keys()].map((name) => name.replace(/_[a-z]+$/, '')))].map(code).join(' ')}
([acl.md](acl.md)).

## Converters

${converterTables.join('\n\n')}

## Format strings

Text with embedded values: \`%[expression]\`, aliases, \`%%\` for a percent sign. Flags before an alias or \`[\`: \`%{+Q}\` in quotes, \`%{+E}\`
with backslashes before quotes, \`%{+X}\` in hexadecimal digits; \`%{+Q}o\` for all aliases that follow. Control characters of values are
written \`%XX\` in headers and bodies, \`#XX\` in logs. A missing value is empty, in logs a dash.

${table(
  ['alias', 'text'],
  Object.entries(formatAliases).map(([name, { doc }]) => [code(`%${name}`), doc]),
)}

## Not supported

${refused(instead.fetches(), (name) => instead.fetch(name))}

## Where values differ from HAProxy 2.6

- \`ssl_fc\` and the other ssl_fc fetches report what the terminator's PROXY header contains. In HAProxy behind stunnel \`ssl_fc\` is false.
- \`b64dec\` and \`ub64dec\` have no value for text with padding in the middle, where HAProxy decodes some of them.
- \`port_only\` reads the digits after the colon only; HAProxy counts other characters as digits.
- Adding to and subtracting from negative integers does not stop at the largest integer, as a defect of 2.6 makes it do.
- \`map_*_ip\` also gives IPv6 addresses. Headers that HAProxy removes before rules run (\`connection\`) are visible.
- A target with a default port (\`http://a.test:80/\`) is kept as sent.
- \`jwt_payload_query\` and \`jwt_header_query\` without a path return the complete part.
`;
}

test('docs/samples.md matches the code (UPDATE_GOLDEN=1 rewrites it)', () => {
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(page, rendered());
  assert.equal(readFileSync(page, 'utf8'), rendered());
});
