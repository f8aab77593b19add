/** Parameters of `bind` about TLS (HAProxy manual §5.1), and what each becomes in a service of the terminator. */
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { VERSIONS, type Version } from '@headgate/shared/tls/versions';
import type { TlsDraft, TlsWord } from './draft.ts';

/** An option of the terminator that takes the same value. */
function same(name: string, doc: string): TlsWord {
  return { doc, apply: (draft, value) => void draft.options.push({ name, value }) };
}

/** The same of files that the bind needs: `mark` notes that there are some. */
function files(mark: 'hasCertificate' | 'hasAuthorities', name: string, doc: string): TlsWord {
  return {
    doc,
    apply(draft, value) {
      draft[mark] = true;
      draft.options.push({ name, value });
    },
  };
}

function idle(why: string): TlsWord {
  return {
    doc: `no effect: ${why}`,
    asDefault: true,
    apply: (_draft, { text }, at, problems) => problems.warning(at, `'${text}' has no effect: ${why}`),
  };
}

/** Without effect, and followed by a value. */
function idleValue(word: string, why: string): TlsWord {
  return {
    doc: `no effect: ${why}`,
    apply: (_draft, _value, at, problems) => problems.warning(at, `'${word}' has no effect: ${why}`),
  };
}

function refused(word: string, instead: string): TlsWord {
  return {
    doc: `refused: ${instead}`,
    apply: (_draft, _value, at, problems) => problems.error(at, `not supported: 'bind … ${word}' (${instead})`),
  };
}

function bound(end: 'min' | 'max'): TlsWord {
  return {
    doc: `The ${end === 'min' ? 'oldest' : 'newest'} TLS version.`,
    asDefault: true,
    apply(draft, value, _at, problems) {
      const version = VERSIONS.find((name) => name === value.text);
      if (version !== undefined) draft.versions[end] = version;
      else problems.error(value.at, `'${value.text}' is not a TLS version`, nearest(value.text, VERSIONS));
    },
  };
}

function without(version: Version): TlsWord {
  return {
    doc: `${version} is not spoken. Without effect beside ssl-min-ver and ssl-max-ver, as in HAProxy.`,
    asDefault: true,
    apply: (draft) => void draft.versions.without.push(version),
  };
}

function only(version: Version): TlsWord {
  return {
    doc: `Only ${version} is spoken.`,
    asDefault: true,
    apply(draft) {
      draft.versions.min = version;
      draft.versions.max = version;
    },
  };
}

/** An option of the terminator that is on or has this value. */
function switched(name: string, text: string, doc: string): TlsWord {
  return {
    doc,
    asDefault: true,
    apply: (draft, { at }) => void draft.options.push({ name, value: { text, at } }),
  };
}

/** OpenSSL ignores TLS 1.3 suites in the list for older versions; the terminator reports them as a mistake. */
function ciphers(draft: TlsDraft, value: Word): void {
  const names = value.text.split(':').filter((name) => !name.startsWith('TLS_'));
  draft.options.push({ name: 'ciphers', value: { ...value, text: names.join(':') } });
}

const VERIFY = ['none', 'optional', 'required'];

export const BIND_WORDS = {
  crt: files(
    'hasCertificate',
    'crt',
    'A certificate with its key, or a folder of them. The first is for clients that name no host.',
  ),
  'default-crt': files('hasCertificate', 'cert', 'The certificate for clients that name no host (HAProxy 3.0).'),
  'crt-list': files('hasCertificate', 'crtList', 'A list of certificates with options and names.'),
  alpn: {
    doc: 'Protocols offered by ALPN. In mode http h2 is left out: clients speak HTTP/1.1.',
    apply: (draft, value) => void (draft.alpn = value),
  },
  'no-alpn': { doc: 'No ALPN.', apply: (draft) => void (draft.alpn = undefined) },
  verify: {
    doc: 'Whether clients show a certificate: none, optional, required.',
    apply(draft, value, _at, problems) {
      if (VERIFY.includes(value.text)) draft.verify = value;
      else
        problems.error(
          value.at,
          `unknown verification '${value.text}': expected one of ${VERIFY.join(', ')}`,
          nearest(value.text, VERIFY),
        );
    },
  },
  'ca-file': files('hasAuthorities', 'CAfile', 'Authorities of client certificates: a file, or a folder.'),
  'ca-verify-file': files('hasAuthorities', 'CAverifyFile', 'More authorities; clients are sent their names too.'),
  'crl-file': same('CRLfile', 'Revocation lists.'),
  'crt-ignore-err': same('verifyIgnore', 'Verification errors that refuse no client.'),
  'ca-ignore-err': same('verifyIgnore', 'Verification errors that refuse no client.'),
  ciphers: { doc: 'Ciphers up to TLS 1.2.', apply: ciphers },
  ciphersuites: same('ciphersuites', 'Cipher suites of TLS 1.3.'),
  curves: same('curves', 'Groups of the key exchange.'),
  ecdhe: same('curves', 'The one group of the key exchange.'),
  'ssl-min-ver': bound('min'),
  'ssl-max-ver': bound('max'),
  'no-sslv3': without('SSLv3'),
  'no-tlsv10': without('TLSv1.0'),
  'no-tlsv11': without('TLSv1.1'),
  'no-tlsv12': without('TLSv1.2'),
  'no-tlsv13': without('TLSv1.3'),
  'force-sslv3': {
    doc: 'refused: SSL 3 is in no TLS library any more',
    asDefault: true,
    apply: (_draft, { at }, _word, problems) =>
      problems.error(at, "'force-sslv3': SSL 3 is in no TLS library any more; write 'ssl-min-ver TLSv1.2'"),
  },
  'force-tlsv10': only('TLSv1.0'),
  'force-tlsv11': only('TLSv1.1'),
  'force-tlsv12': only('TLSv1.2'),
  'force-tlsv13': only('TLSv1.3'),
  'strict-sni': switched('strictSni', 'yes', 'Clients that name no host we have a certificate for are refused.'),
  'no-tls-tickets': switched('options', 'NO_TICKET', 'No session tickets.'),
  'tls-ticket-keys': same('ticketKeys', 'The keys of session tickets, shared by machines.'),
  'no-ca-names': switched('options', 'DISABLE_TLSEXT_CA_NAMES', 'The names of authorities are not sent to clients.'),
  'prefer-client-ciphers': {
    doc: "The client's order of ciphers counts.",
    asDefault: true,
    apply: (draft) => void (draft.clientsChoice = true),
  },
  'allow-0rtt': idle('there is no early data in Node.js: it could be replayed'),
  npn: idleValue('npn', 'clients have had ALPN instead since 2014'),
  'generate-certificates': refused(
    'generate-certificates',
    'no certificates are made for names as they are asked for: name them with crt',
  ),
  'ca-sign-file': refused('ca-sign-file', 'it belongs to generate-certificates'),
  'ca-sign-pass': refused('ca-sign-pass', 'it belongs to generate-certificates'),
} as const satisfies Record<string, TlsWord>;
