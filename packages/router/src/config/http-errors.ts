/** `http-errors` sections: sets of error pages that rules and `errorfiles` name (configuration manual §3.8). */
import type { Section } from '@headgate/shared/config/raw';
import { Cursor } from '@headgate/shared/config/cursor';
import { nearest } from '@headgate/shared/config/suggest';
import type { Answer } from '../model/answer.ts';
import type { Context } from './directive.ts';
import { readErrorFile, readErrorStatus } from './error-answer.ts';

/** The pages of one section by their status. */
export type ErrorFiles = ReadonlyMap<number, Answer>;

/** Reads a section: `errorfile CODE FILE` lines. */
export function compileHttpErrors(section: Section, context: Context): ErrorFiles {
  const pages = new Map<number, Answer>();
  const { problems } = context;
  if (section.name === undefined) problems.error(section.at, 'http-errors needs a name');
  const [more] = section.rest;
  if (more !== undefined)
    problems.error(more.at, `unexpected '${more.text}' after the name of the http-errors section`);
  for (const statement of section.statements) {
    const [keyword] = statement.words;
    if (keyword.text !== 'errorfile') {
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in 'http-errors'`,
        nearest(keyword.text, ['errorfile']),
      );
      continue;
    }
    const cursor = new Cursor(statement, 1, context);
    const status = readErrorStatus(cursor, problems);
    const path = cursor.need('a file');
    cursor.end();
    const page = status === undefined || path === undefined ? undefined : readErrorFile(path, status, context);
    if (status !== undefined && page !== undefined) pages.set(status, page);
  }
  return pages;
}
