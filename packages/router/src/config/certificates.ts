/** Sections about certificates, `acme` and `crt-store`: read by the terminator, except that the router answers http-01 through it. */
import { madeStatement } from '@headgate/shared/config/made-statement';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement } from '@headgate/shared/config/raw';
import type { Certificates } from '../model/process-wide.ts';
import { ACME_BACKEND, CERTIFICATE_SECTIONS } from '../model/vocabulary.ts';
import type { CompileIo } from './directive.ts';
import { hasFrontend } from './proxy-kind.ts';

/**
 * A rule that answers http-01 from the map of an `acme` section (`map(virt@acme)`) becomes one that sends the request to the terminator,
 * where it stands: the rules before it and after it mean what they meant.
 */
export function withCertificates(
  { sections }: RawConfig,
  { privateSocket }: Pick<CompileIo, 'privateSocket'>,
  problems: Problems,
): { readonly sections: readonly Section[]; readonly certificates: Certificates | undefined } {
  const own = sections.filter(({ kind }) => CERTIFICATE_SECTIONS.includes(kind));
  if (own.length === 0 || privateSocket === undefined) return { sections, certificates: undefined };
  const maps = own.flatMap((section) => (section.kind === 'acme' ? mapsOf(section) : []));
  const socket = privateSocket(ACME_BACKEND, 'http-01');
  const answered = new Set<string>();
  const rewritten = sections.map((section) => ({
    ...section,
    statements: section.statements.map((statement) => {
      const map = hasFrontend(section.kind) ? maps.find(({ name }) => answersFrom(statement, name)) : undefined;
      if (map !== undefined) answered.add(map.name);
      return map === undefined ? statement : passedOn(statement);
    }),
  }));
  for (const { name, at } of maps)
    if (!answered.has(name))
      problems.warning(
        at,
        `no rule answers challenges from '${name}': write, before redirects, ` +
          `http-request return status 200 content-type text/plain lf-string "%[path,field(-1,/)].%[path,field(-1,/),map(${name})]\\n" ` +
          'if { path_beg /.well-known/acme-challenge/ }',
      );
  const [first] = maps;
  const backend = first === undefined || answered.size === 0 ? [] : [backendOf(socket, first.at)];
  const others = rewritten.filter(({ kind }) => !CERTIFICATE_SECTIONS.includes(kind));
  return { sections: [...others, ...backend], certificates: { sections: own, socket } };
}

function mapsOf({ statements }: Section): readonly { readonly name: string; readonly at: Position }[] {
  return statements.flatMap(({ words: [keyword, name] }) =>
    keyword.text === 'map' && name !== undefined ? [{ name: name.text, at: name.at }] : [],
  );
}

function answersFrom({ words }: Statement, map: string): boolean {
  const [keyword, action, ...rest] = words.map(({ text }) => text);
  return keyword === 'http-request' && action === 'return' && rest.some((text) => text.includes(`map(${map})`));
}

function passedOn({ words }: Statement): Statement {
  const [keyword, action = keyword] = words;
  const condition = words.findIndex(({ text, quoted }) => quoted !== true && (text === 'if' || text === 'unless'));
  const name = { text: ACME_BACKEND, at: action.at };
  return {
    words: [keyword, { ...action, text: 'use-backend' }, name, ...(condition === -1 ? [] : words.slice(condition))],
  };
}

function backendOf(socket: string, at: Position): Section {
  const statements = [
    madeStatement(at, 'mode', 'http'),
    madeStatement(at, 'timeout', 'connect', '5s'),
    madeStatement(at, 'timeout', 'server', '10s'),
    madeStatement(at, 'server', 'terminator', `unix@${socket}`),
  ];
  return { kind: 'backend', name: { text: ACME_BACKEND, at }, rest: [], at, statements };
}
