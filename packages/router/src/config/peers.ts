import { Cursor } from '@headgate/shared/config/cursor';
import { Problems } from '@headgate/shared/config/problem';
import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { readBindParameters, readBinds } from './bind.ts';
import { isCertificate } from './bind-tls.ts';
import type { Context } from './directive.ts';
import { hasNoEffect } from './directive.ts';
import { readTable } from './directives/tables.ts';
import type { TableDraft } from './draft.ts';
import { integer, nothing, readArguments } from './idle/takes.ts';
import { readLogTarget } from './log-target.ts';
import { checkName } from './names.ts';
import { readServerAddress, readServerParameters } from './server.ts';
import { SERVER_PARAMETERS } from './server-parameters.ts';

/** What one line of the section is read with. The section has one address of its own, on its `bind` or on the line of one peer. */
interface Lines {
  readonly context: Context;
  readonly bind: Word | undefined;
}

type Line = (cursor: Cursor, keyword: Word, lines: Lines) => void;

/** `peer NAME ADDRESS:PORT [parameters]`. Where a `bind` has the local address, the local peer has none. */
const place: Line = (cursor, _keyword, { context, bind }) => {
  const name = cursor.need('a name');
  if (name === undefined) return;
  checkName('peer', name, context.problems);
  const next = cursor.peek();
  const bare = next === undefined || Object.hasOwn(SERVER_PARAMETERS, next.text);
  const address = bare && bind !== undefined ? undefined : cursor.need('an address and a port');
  const where = address && readServerAddress(address, context);
  if (address !== undefined && where?.relative?.port === true)
    context.problems.error(address.at, `'${address.text}' has no port`);
  readServerParameters(cursor, {}, context);
};

/** The words of a `peers` section, apart from `table`. They are the lines of proxies, with the same arguments. */
const LINES: Readonly<Record<string, Line>> = {
  peer: place,
  server: place,
  'default-server': (cursor, _keyword, { context }) => readServerParameters(cursor, {}, context),
  bind(cursor, keyword, { context, bind }) {
    const address = cursor.need('an address and a port');
    if (address === undefined) return;
    if (bind !== keyword)
      context.problems.error(keyword.at, `there is a 'bind' in line ${bind?.at.line}: one is allowed`);
    const tls = readBinds(address, cursor, '', context).find((one) => one.tls !== undefined)?.tls;
    if (tls !== undefined && !tls.parameters.some(isCertificate))
      context.problems.error(address.at, "'ssl' needs a certificate: write 'crt FILE'");
  },
  'default-bind': (cursor, _keyword, { context }) => void readBindParameters(cursor, context),
  log(cursor, _keyword, { context }) {
    if (!cursor.accept('global')) readLogTarget(cursor, context);
    cursor.end();
  },
  shards: (cursor, _keyword, { context }) => readArguments(integer(1), cursor, context.problems),
  enabled: (cursor, _keyword, { context }) => readArguments(nothing, cursor, context.problems),
  disabled: (cursor, _keyword, { context }) => readArguments(nothing, cursor, context.problems),
};

/**
 * A `peers` section: its tables work, in this router alone. In HAProxy the others would know what each of them counted. Its other lines
 * are checked as those of a proxy are; what would have no effect there has none here, and is not mentioned.
 */
export function compilePeers(section: Section, context: Context): readonly TableDraft[] {
  const { problems } = context;
  const { at, name, statements } = section;
  if (name === undefined) {
    problems.error(at, "a 'peers' section needs a name");
    return [];
  }
  const why =
    "routers do not share what they count; give each its part of the limit, or send a client's requests to one of them";
  hasNoEffect(at, 'peers', why, problems);
  const first = (keyword: string): Word | undefined =>
    statements.find(({ words }) => words[0].text === keyword)?.words[0];
  const quiet = new Problems();
  // TLS of a peer has no effect here, and is no error.
  const io = { ...context.io, privateSocket: () => '' };
  const bind = first('bind');
  if (bind !== undefined && first('peer') !== undefined)
    problems.error(
      bind.at,
      "a section with 'peer' lines has no 'bind': write 'server' for each, and the local one without an address",
    );
  const lines = { context: { ...context, problems: quiet, io }, bind };
  const tables = statements.flatMap((statement) => {
    const table = statement.words[0].text === 'table' ? readOne(statement, name, context) : undefined;
    if (statement.words[0].text !== 'table') check(statement, lines, problems);
    return table === undefined ? [] : [table];
  });
  for (const { at: where, message, severity, suggestion } of quiet.list)
    if (severity === 'error' && !message.startsWith('not supported')) problems.error(where, message, suggestion);
  return tables;
}

function readOne(statement: Statement, section: Word, context: Context): TableDraft | undefined {
  const cursor = new Cursor(statement, 1, context);
  const name = cursor.need('a name');
  const spec = name && readTable(cursor, `${section.text}/${name.text}`, context.problems);
  return spec && { spec, at: statement.words[0].at };
}

function check(statement: Statement, lines: Lines, problems: Problems): void {
  const [first, second] = statement.words;
  // `no` stands before `log` alone.
  const negated = first.text === 'no' && second?.text === 'log';
  const line = Object.hasOwn(LINES, first.text) ? LINES[first.text] : undefined;
  if (negated) new Cursor(statement, 2, lines.context).end();
  else if (line !== undefined) line(new Cursor(statement, 1, lines.context), first, lines);
  else
    problems.error(
      first.at,
      `unknown keyword '${first.text}' in 'peers'`,
      nearest(first.text, [...Object.keys(LINES), 'table']),
    );
}
