/** Keywords of `global` about the TLS of binds, and what they become in every service of the terminator. */
import { Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { newTlsDraft } from './draft.ts';
import type { TlsDraft, TlsWord } from './draft.ts';
import { BIND_WORDS } from './words.ts';

interface GlobalWord {
  readonly doc: string;
  apply(draft: TlsDraft, values: readonly Word[], statement: Statement, problems: Problems): void;
}

/** A keyword with one value, which an option of the terminator takes. */
function option(name: string, doc: string): GlobalWord {
  return {
    doc,
    apply(draft, [value, extra], { words: [word] }, problems) {
      if (value === undefined) problems.error(word.at, `'${word.text}' needs a value`);
      else if (extra !== undefined) problems.error(extra.at, `unexpected '${extra.text}' after '${word.text}'`);
      else draft.options.push({ name, value });
    },
  };
}

function idle(why: string): GlobalWord {
  return {
    doc: `no effect: ${why}`,
    apply: (_draft, _values, { words: [word] }, problems) =>
      problems.warning(word.at, `'${word.text}' has no effect: ${why}`),
  };
}

const NO_DH = 'Diffie-Hellman over finite fields is not offered; groups are chosen with curves';
const TICKETS = 'sessions live in tickets at the client, none are kept here';
const OPENSSL = 'Node.js sets up its OpenSSL itself';

export const GLOBAL_WORDS: Readonly<Record<string, GlobalWord>> = {
  'ca-base': option('caBase', 'The folder of relative names of authorities.'),
  'crt-base': option('crtBase', 'The folder of relative names of certificates.'),
  'key-base': {
    doc: 'The folder of relative names of keys in a crt-store.',
    apply: (draft, [value], { words: [word] }, problems) => {
      if (value === undefined) problems.error(word.at, `'${word.text}' needs a folder`);
      else draft.keyBase = value.text;
    },
  },
  'acme.scheduler': {
    doc: "Certificates of 'acme' sections are renewed by themselves (auto).",
    apply: (_draft, [value], { words: [word] }, problems) => {
      if (value?.text === 'off')
        problems.error(value.at, "not supported: 'acme.scheduler off' (remove 'acme' from the certificates instead)");
      else if (value?.text !== 'auto') problems.error((value ?? word).at, `'${word.text}' takes auto`);
    },
  },
  'httpclient.ssl.ca-file': option('acmeCA', 'What the certificates of ACME servers lead to.'),
  'httpclient.ssl.verify': {
    doc: 'The certificates of ACME servers are verified (required).',
    apply: (_draft, [value], { words: [word] }, problems) => {
      if (value?.text === 'none')
        problems.warning(
          word.at,
          "'httpclient.ssl.verify none' has no effect: certificates of ACME servers are verified; name their authority with httpclient.ssl.ca-file",
        );
    },
  },
  'ssl-default-bind-ciphers': {
    doc: 'Ciphers up to TLS 1.2 of every bind.',
    apply: (draft, [value], { words: [word] }, problems) => {
      if (value === undefined) problems.error(word.at, `'${word.text}' needs a list of ciphers`);
      else BIND_WORDS.ciphers.apply(draft, value);
    },
  },
  'ssl-default-bind-ciphersuites': option('ciphersuites', 'Cipher suites of TLS 1.3 of every bind.'),
  'ssl-default-bind-curves': option('curves', 'Groups of the key exchange of every bind.'),
  'ssl-default-bind-options': { doc: 'Parameters that every bind has.', apply: defaultOptions },
  'ssl-default-bind-sigalgs': idle('Node.js chooses the signature algorithms'),
  'ssl-default-bind-client-sigalgs': idle('Node.js chooses the signature algorithms'),
  'tune.ssl.lifetime': option('sessionCacheTimeout', 'How long a session can be resumed.'),
  'tune.ssl.cachesize': idle(TICKETS),
  'tune.ssl.force-private-cache': idle(TICKETS),
  'tune.ssl.default-dh-param': idle(NO_DH),
  'ssl-dh-param-file': idle(NO_DH),
  'issuers-chain-path': idle('the chain is sent as it is in the file of the certificate'),
  'ssl-load-extra-files': idle('the files beside a certificate are looked at in any case'),
  'ssl-load-extra-del-ext': idle('the key of FILE.crt is looked for in FILE.crt.key'),
  'ssl-skip-self-issued-ca': idle('the chain is sent as it is in the file of the certificate'),
  maxsslconn: idle("'maxconn' of binds and frontends limits connections"),
  maxsslrate: idle("'tcp-request connection' with a stick table limits rates"),
};

/** By the beginning of their name. */
const FAMILIES: readonly (readonly [string, GlobalWord])[] = [
  ['ssl-mode-async', idle(OPENSSL)],
  ['tune.ssl.', idle(OPENSSL)],
];

/** What `global` says of the TLS of binds. */
export function defaultsOf(statements: readonly Statement[], problems: Problems): TlsDraft {
  const draft = newTlsDraft();
  for (const statement of statements) {
    const [word, ...values] = statement.words;
    const known = Object.hasOwn(GLOBAL_WORDS, word.text) ? GLOBAL_WORDS[word.text] : undefined;
    const found = known ?? FAMILIES.find(([start]) => word.text.startsWith(start))?.[1];
    if (found === undefined)
      problems.error(
        word.at,
        `unknown keyword '${word.text}' in 'global'`,
        nearest(word.text, Object.keys(GLOBAL_WORDS)),
      );
    else found.apply(draft, values, statement, problems);
  }
  return draft;
}

function defaultOptions(draft: TlsDraft, values: readonly Word[], _statement: Statement, problems: Problems): void {
  const table: Readonly<Record<string, TlsWord>> = BIND_WORDS;
  for (let index = 0; index < values.length; index += 1) {
    const word = values[index];
    if (word === undefined) return;
    const found = Object.hasOwn(table, word.text) ? table[word.text] : undefined;
    if (found?.asDefault !== true) {
      const allowed = Object.keys(table).filter((name) => table[name]?.asDefault === true);
      problems.error(
        word.at,
        `'${word.text}' is not an option of 'ssl-default-bind-options'`,
        nearest(word.text, allowed),
      );
      return;
    }
    const bounds = word.text === 'ssl-min-ver' || word.text === 'ssl-max-ver';
    if (bounds) index += 1;
    const value = values[index];
    if (value === undefined) problems.error(word.at, `'${word.text}' needs a TLS version`);
    else found.apply(draft, value, word.at, problems);
  }
}
