/** Keywords of an `acme` section (HAProxy manual §12.8), and what each becomes in the terminator. */
import { Problems } from '@headgate/shared/config/problem';
import type { Section, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { TlsOption } from './draft.ts';

/** What one `acme` section says: options of the terminator for its certificates. */
export interface AcmeSection {
  readonly name: Word;
  readonly options: readonly TlsOption[];
}

interface Draft {
  readonly options: TlsOption[];
  keyType: 'RSA' | 'ECDSA';
  bits: string;
  curves: string;
  challenge: string;
  externalId: Word | undefined;
  externalKey: Word | undefined;
}

interface AcmeWord {
  /** One sentence for docs/compatibility.md. */
  readonly doc: string;
  apply(draft: Draft, value: Word, problems: Problems): void;
}

function same(name: string, doc: string): AcmeWord {
  return { doc, apply: (draft, value) => void draft.options.push({ name, value }) };
}

function idle(why: string): AcmeWord {
  return {
    doc: `no effect: ${why}`,
    apply: (_draft, { at, text }, problems) => problems.warning(at, `'${text}' has no effect: ${why}`),
  };
}

function oneOf<T extends string>(allowed: readonly T[], doc: string, set: (draft: Draft, text: T) => void): AcmeWord {
  return {
    doc,
    apply(draft, { text, at }, problems) {
      const known = allowed.find((each) => each === text);
      if (known !== undefined) set(draft, known);
      else problems.error(at, `'${text}' is not one of: ${allowed.join(', ')}`, nearest(text, allowed));
    },
  };
}

const READY = 'the authority is asked when dns-delay has passed';
const PROVIDER = 'records are set by a program: dns-command';
const CHALLENGES = ['http-01', 'dns-01', 'tls-alpn-01'] as const;
const CURVES: Readonly<Record<string, string>> = { 'P-256': 'ec-256', 'P-384': 'ec-384' };

export const ACME_WORDS: Readonly<Record<string, AcmeWord>> = {
  directory: same('acme', 'The URL of the authority, or a name as in `acme` of the terminator.'),
  contact: same('acmeContact', 'Where the authority may write to.'),
  'account-key': same(
    'acmeAccountKey',
    'The private key of the account; without it one is made and kept in the store.',
  ),
  challenge: {
    doc: 'How names are proved: http-01 (default), dns-01, or tls-alpn-01, which is ours and needs nothing but the bind with TLS.',
    apply(draft, { text, at }, problems) {
      if (text === 'dns-persist-01')
        problems.error(at, "not supported: 'challenge dns-persist-01' (write 'challenge dns-01' with 'dns-command')");
      else if (CHALLENGES.some((each) => each === text)) draft.challenge = text;
      else problems.error(at, `'${text}' is not one of: ${CHALLENGES.join(', ')}`, nearest(text, CHALLENGES));
    },
  },
  keytype: oneOf(['RSA', 'ECDSA'], 'The kind of key: ECDSA (default) or RSA.', (draft, text) => {
    draft.keyType = text;
  }),
  bits: oneOf(['2048', '3072', '4096'], 'The length of RSA keys, 2048 by default.', (draft, text) => {
    draft.bits = text;
  }),
  curves: oneOf(['P-256', 'P-384'], 'The curve of ECDSA keys, P-384 by default.', (draft, text) => {
    draft.curves = text;
  }),
  map: {
    doc: 'The map that a rule answers http-01 from: that rule passes challenges on to the terminator.',
    apply(_draft, { text, at }, problems) {
      if (!text.startsWith('virt@')) problems.error(at, `'${text}' is a file: the map of challenges is 'virt@NAME'`);
    },
  },
  profile: same('acmeProfile', 'The kind of certificate, one of those that the authority lists.'),
  'dns-delay': same('acmeDnsWait', 'How long DNS servers need to learn of a record.'),
  'dns-timeout': idle(READY),
  'challenge-ready': idle(READY),
  'provider-name': idle(PROVIDER),
  'acme-vars': idle(PROVIDER),
  'reuse-key': {
    doc: 'no effect: every renewal makes a new key, without delaying traffic.',
    apply(_draft, { text, at }, problems) {
      if (text !== 'off')
        problems.warning(at, "'reuse-key' has no effect: every renewal makes a new key, without delaying traffic");
    },
  },
  'eab-key-id': {
    doc: 'The file with the id of an external account.',
    apply: (draft, value) => void (draft.externalId = value),
  },
  'eab-mac-key': {
    doc: 'The file with the key of an external account.',
    apply: (draft, value) => void (draft.externalKey = value),
  },
  'eab-mac-alg': oneOf(['HS256'], 'How an external account signs: HS256.', () => {}),
  'dns-command': same('acmeDns', 'Ours: the program that sets TXT records for dns-01.'),
  store: same('acmeStore', 'Ours: the folder of accounts and certificates, `/var/lib/headgate/acme` by default.'),
  renew: same('acmeRenew', 'Ours: percent of the lifetime after which a certificate is renewed.'),
};

/** A file in the current folder must not be taken for an id. */
function fileName({ text }: Word): string {
  return text.startsWith('/') ? text : `./${text}`;
}

/** Reads an `acme` section. `socket`: where http-01 is answered. */
export function readAcmeSection(section: Section, socket: string, problems: Problems): AcmeSection | undefined {
  const { name, at, statements } = section;
  if (name === undefined) {
    problems.error(at, "an 'acme' section needs a name");
    return undefined;
  }
  const draft: Draft = {
    options: [],
    keyType: 'ECDSA',
    bits: '2048',
    curves: 'P-384',
    challenge: 'http-01',
    externalId: undefined,
    externalKey: undefined,
  };
  for (const { words } of statements) {
    const [keyword, value, extra] = words;
    const word = Object.hasOwn(ACME_WORDS, keyword.text) ? ACME_WORDS[keyword.text] : undefined;
    if (word === undefined)
      problems.error(
        keyword.at,
        `unknown keyword '${keyword.text}' in 'acme'`,
        nearest(keyword.text, Object.keys(ACME_WORDS)),
      );
    else if (value === undefined) problems.error(keyword.at, `'${keyword.text}' needs a value`);
    else if (extra !== undefined) problems.error(extra.at, `unexpected '${extra.text}' after '${keyword.text}'`);
    else if (/[\s[\]]/.test(value.text)) problems.error(value.at, `'${keyword.text}' takes one word`);
    else word.apply(draft, value, problems);
  }
  const { options, externalId, externalKey, challenge, keyType, bits, curves } = draft;
  const add = (option: string, text: string, from = name.at): void =>
    void options.push({ name: option, value: { text, at: from } });
  if (!options.some((each) => each.name === 'acme'))
    problems.error(name.at, `acme '${name.text}' needs 'directory', the URL of the authority`);
  if ((externalId === undefined) !== (externalKey === undefined))
    problems.error((externalId ?? externalKey ?? name).at, "'eab-key-id' and 'eab-mac-key' are only of use together");
  if (externalId !== undefined && externalKey !== undefined)
    add('acmeExternal', `${fileName(externalId)},${externalKey.text}`, externalId.at);
  add('acmeKey', keyType === 'RSA' ? `rsa-${bits}` : (CURVES[curves] ?? 'ec-384'));
  add('acmeChallenge', challenge);
  if (challenge === 'http-01') add('acmeHttp', socket);
  return { name, options };
}
