/** Sections that affect neither traffic nor decisions: their lines are read as HAProxy reads them. */
import { Cursor } from '@headgate/shared/config/cursor';
import type { Section } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { SECTIONS_WITHOUT_EFFECT } from '../../model/without-effect.ts';
import { hasNoEffect } from '../directive.ts';
import type { Context } from '../directive.ts';
import { choice, duration, integer, onOff, readArguments, text, texts } from './takes.ts';
import type { Takes } from './takes.ts';

/** `mailer NAME ADDRESS:PORT`. */
const place: Takes = (cursor) => {
  cursor.need('a name');
  cursor.need('an address and a port');
};

const WORDS: Readonly<Record<string, Readonly<Record<string, Takes>>>> = {
  cache: {
    'total-max-size': integer(1, 4095),
    'max-object-size': integer(),
    'max-age': integer(),
    'max-secondary-entries': integer(1),
    'process-vary': onOff,
  },
  mailers: {
    mailer: place,
    timeout(cursor, problems) {
      if (cursor.choice('timeout', ['mail']) !== undefined) duration(cursor, problems);
    },
  },
  program: {
    command: texts('a program'),
    user: text('the name of a user'),
    group: text('the name of a group'),
    option: choice('start-on-reload'),
  },
};

export function isIdleSection(kind: string): boolean {
  return Object.hasOwn(SECTIONS_WITHOUT_EFFECT, kind);
}

/** Says that a section has no effect, and what is wrong in its lines; those that a terminator reads are left to it. */
export function readIdleSection({ kind, at, statements }: Section, context: Context): void {
  const { problems } = context;
  hasNoEffect(at, `section ${kind}`, SECTIONS_WITHOUT_EFFECT[kind] ?? '', problems);
  const words = Object.hasOwn(WORDS, kind) ? WORDS[kind] : undefined;
  if (words === undefined) return;
  for (const statement of statements) {
    const [first, second] = statement.words;
    const negated = first.text === 'no' && kind === 'program' && second !== undefined;
    const keyword = negated ? second : first;
    const takes = Object.hasOwn(words, keyword.text) ? words[keyword.text] : undefined;
    if (takes === undefined)
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in '${kind}'`,
        nearest(keyword.text, Object.keys(words)),
      );
    else readArguments(takes, new Cursor(statement, negated ? 2 : 1, context), problems);
  }
}
