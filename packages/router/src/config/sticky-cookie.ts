import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { StickyCookie } from '../model/persistence.ts';
import type { Context } from './directive.ts';
import type { CookieSetting } from './draft.ts';

interface Written {
  readonly modes: Set<'rewrite' | 'insert' | 'prefix'>;
  readonly flags: Set<string>;
  domains: string;
  attributes: string;
  maxIdle: number;
  maxLife: number;
}

const MODES = ['rewrite', 'insert', 'prefix'] as const;
const FLAGS = ['indirect', 'nocache', 'postonly', 'preserve', 'httponly', 'secure', 'dynamic'];

type Reader = (written: Written, cursor: Cursor, context: Context) => void;

const VALUES: Readonly<Record<string, Reader>> = {
  domain(written, cursor, { problems }) {
    const word = cursor.need('a domain');
    if (word === undefined) return;
    if (!/^[A-Za-z0-9.-]+$/.test(word.text)) problems.error(word.at, `'${word.text}' is not a domain`);
    else if (!word.text.includes('.'))
      problems.warning(word.at, `the domain '${word.text}' has no dot: browsers may not keep such a cookie`);
    written.domains += `; domain=${word.text}`;
  },
  attr(written, cursor, { problems }) {
    const word = cursor.need('an attribute');
    if (word === undefined) return;
    if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(word.text))
      problems.error(word.at, `'${word.text}' is not one attribute: it holds ';', or characters other than ASCII`);
    written.attributes += `; ${word.text}`;
  },
  maxidle(written, cursor, context) {
    written.maxIdle = seconds(cursor, context) ?? 0;
  },
  maxlife(written, cursor, context) {
    written.maxLife = seconds(cursor, context) ?? 0;
  },
};

/** `cookie NAME [options]`. */
export function readStickyCookie(cursor: Cursor, context: Context): CookieSetting | undefined {
  const { problems } = context;
  const name = cursor.need('the name of a cookie');
  if (name === undefined) return undefined;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name.text) || name.text.startsWith('$'))
    problems.error(name.at, `'${name.text}' is not the name of a cookie: letters, digits and signs like - _ .`);
  const written: Written = { modes: new Set(), flags: new Set(), domains: '', attributes: '', maxIdle: 0, maxLife: 0 };
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const mode = MODES.find((one) => one === word?.text);
    if (mode !== undefined) written.modes.add(mode);
    else if (FLAGS.includes(word.text)) written.flags.add(word.text);
    else if (Object.hasOwn(VALUES, word.text)) VALUES[word.text]?.(written, cursor, context);
    else {
      const known = [...MODES, ...FLAGS, ...Object.keys(VALUES)];
      problems.error(word.at, `unknown option '${word.text}' of 'cookie'`, nearest(word.text, known));
    }
  }
  return checked(name, written, context);
}

function checked(name: Word, written: Written, { problems }: Context): CookieSetting | undefined {
  const { modes, flags, domains, attributes, maxIdle, maxLife } = written;
  const [mode = 'passive'] = modes;
  const indirect = flags.has('indirect');
  const preserve = flags.has('preserve');
  if (modes.size > 1) {
    problems.error(
      name.at,
      `'${[...modes].join("' and '")}' exclude each other: a cookie has one of rewrite, insert and prefix`,
    );
    return undefined;
  }
  if (mode === 'rewrite' && indirect) {
    problems.error(name.at, "'rewrite' and 'indirect' exclude each other: the server must see the cookie it sets");
    return undefined;
  }
  if (preserve && mode !== 'insert' && !indirect) {
    problems.error(name.at, "'preserve' needs 'insert' or 'indirect'");
    return undefined;
  }
  const spec: StickyCookie = {
    name: name.text,
    mode,
    indirect,
    preserve,
    nocache: flags.has('nocache'),
    postonly: flags.has('postonly'),
    maxIdle,
    maxLife,
    // HAProxy's order, whatever the order of the words.
    attributes: `${domains}${flags.has('httponly') ? '; HttpOnly' : ''}${flags.has('secure') ? '; Secure' : ''}${attributes}`,
  };
  return { spec, dynamic: flags.has('dynamic'), at: name.at };
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };
const MOST_SECONDS = 2_147_483_647;

/** A bare number is of seconds here, and anything finer is rounded up; the limit is far beyond that of timeouts. */
function seconds(cursor: Cursor, { problems, onDuration }: Context): number | undefined {
  const word = cursor.need('a time in seconds');
  if (word === undefined) return undefined;
  const [, digits, unit = 's'] = /^(\d{1,16})(us|ms|s|m|h|d)?$/.exec(word.text) ?? [];
  const value = Math.ceil(Number(digits) * (UNITS[unit] ?? 1));
  if (value <= MOST_SECONDS) {
    onDuration?.(word, value * 1000);
    return value;
  }
  problems.error(word.at, `'${word.text}' is not a time of at most ${MOST_SECONDS} seconds: write 30m, 12h or 7d`);
  return undefined;
}
