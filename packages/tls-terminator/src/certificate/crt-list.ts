import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';

/** One line of a crt-list (HAProxy manual §5.1, `crt-list`): `FILE [options] names`. */
export interface CrtListLine {
  readonly at: Position;
  readonly file: string;
  /** The file of its key, when it has one of its own. */
  readonly key?: string;
  /** Its options as they are written, with their brackets; empty for none. */
  readonly brackets: string;
  /** Our options, with their values. */
  readonly options: readonly { readonly name: string; readonly value: Word }[];
  /** Empty: those that the certificate has. */
  readonly filters: readonly string[];
}

/** HAProxy's words in the brackets, and the option here that does the same. */
const OPTIONS: Readonly<Record<string, string>> = {
  key: 'key',
  alpn: 'alpn',
  'ca-file': 'CAfile',
  'ca-verify-file': 'CAverifyFile',
  'crl-file': 'CRLfile',
  'crt-ignore-err': 'verifyIgnore',
  'ca-ignore-err': 'verifyIgnore',
  ciphers: 'ciphers',
  ciphersuites: 'ciphersuites',
  curves: 'curves',
  ecdhe: 'curves',
  verify: 'verify',
  'ssl-min-ver': 'sslVersionMin',
  'ssl-max-ver': 'sslVersionMax',
  'ocsp-update': 'ocspUpdate',
  npn: '',
};

/** HAProxy's words for values that have another one here. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ['ssl-min-ver TLSv1.0', 'TLSv1'],
  ['ssl-max-ver TLSv1.0', 'TLSv1'],
  ['ssl-min-ver SSLv3', 'all'],
  ['ssl-max-ver SSLv3', 'all'],
  ['ocsp-update on', 'yes'],
  ['ocsp-update off', 'no'],
]);

/** Words without a value, and what becomes of them. */
const FLAGS: Readonly<Record<string, string | undefined>> = {
  'no-alpn': undefined,
  'no-ca-names': 'give it to the bind',
  'allow-0rtt': 'there is no early data in Node.js: it would be replayed as it comes',
};

/** HAProxy's words in the brackets that belong in another place here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  acme: "write the certificate in a 'crt-store' section, or use 'acme' of the service",
  domains: "write the certificate in a 'crt-store' section, or use 'acme' of the service",
  ocsp: 'the response is read from FILE.ocsp',
  issuer: 'the certificate of the issuer is read from FILE.issuer',
};

/** A name that a client may request, or a wildcard in place of its first label, or one to exclude. */
const FILTER = /^!?(\*|(\*\.)?[\w-]+(\.[\w-]+)*\.?)$/;

/** Reads the lines of a crt-list. */
export function readCrtList(text: string, file: string, problems: Problems): readonly CrtListLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const at = { file, line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    return readCrtListLine({ text: line, at }, problems) ?? [];
  });
}

/** Reads one line; undefined when a problem was reported. */
export function readCrtListLine({ text, at }: Word, problems: Problems): CrtListLine | undefined {
  const [, file, , inside, rest] = /^(\S+)(\s+\[([^\]]*)\])?(?:\s+(.*))?$/.exec(text) ?? [];
  if (file === undefined || file.startsWith('[')) {
    problems.error(at, 'a line of a crt-list is FILE [options] names; the file is missing');
    return undefined;
  }
  // HAProxy takes what follows a # for names, which no client can ask for: it can only be meant as a comment.
  const words = (rest ?? '').split(/\s+/).filter((word) => word !== '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  const filters = comment < 0 ? words : words.slice(0, comment);
  const wrong = filters.find((filter) => !FILTER.test(filter));
  if (wrong !== undefined) {
    problems.error(at, `'${wrong}' is not a host name: write a.example.com, *.example.com or !a.example.com`);
    return undefined;
  }
  const found = inside === undefined ? [] : readOptions(inside, at, problems);
  if (found === undefined) return undefined;
  const key = found.findLast(({ name }) => name === 'key')?.value.text;
  const options = found.filter(({ name }) => name !== 'key');
  const brackets = inside === undefined ? '' : `[${inside.trim()}]`;
  return { at, file, ...(key === undefined ? {} : { key }), brackets, options, filters };
}

function readOptions(inside: string, at: Position, problems: Problems): CrtListLine['options'] | undefined {
  const words = inside.split(/\s+/).filter((word) => word !== '');
  const options: { name: string; value: Word }[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (Object.hasOwn(FLAGS, word)) {
      const why = FLAGS[word];
      if (why === undefined) options.push({ name: 'alpn', value: { text: 'none', at } });
      else problems.warning(at, `'${word}' has no effect: ${why}`);
      continue;
    }
    const name = Object.hasOwn(OPTIONS, word) ? OPTIONS[word] : undefined;
    if (name === undefined && Object.hasOwn(ELSEWHERE, word)) {
      problems.error(at, `'${word}' in a crt-list: ${ELSEWHERE[word]}`);
      return undefined;
    }
    if (name === undefined) {
      problems.error(
        at,
        `there is no option '${word}' in the brackets of a crt-list`,
        nearest(word, [...Object.keys(OPTIONS), ...Object.keys(FLAGS)]),
      );
      return undefined;
    }
    index += 1;
    const text = words[index];
    if (text === undefined) {
      problems.error(at, `'${word}' needs a value`);
      return undefined;
    }
    if (name !== '') options.push({ name, value: { text: VALUES.get(`${word} ${text}`) ?? text, at } });
  }
  return options;
}
