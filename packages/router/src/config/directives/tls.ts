/** `global` keywords about TLS to servers. */
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { globalValue } from '../directive.ts';
import type { GlobalDirective } from '../directive.ts';
import type { GlobalDraft } from '../draft.ts';
import { RANGE_WORDS } from '../tls-range.ts';

/** A folder, which HAProxy lets be named once. */
function base(about: { doc: string; example: string }, field: 'caBase' | 'crtBase'): GlobalDirective {
  return globalValue(
    about,
    (cursor, { global, problems }) => {
      const { at } = cursor;
      const written = cursor.need('a folder');
      if (global.serverTls?.[field] === undefined) return written?.text;
      problems.error(at, `'${cursor.statement.words[0].text}' was given above`);
      return undefined;
    },
    (draft, folder) => void (draft.serverTls = { ...draft.serverTls, [field]: folder }),
  );
}

function word(
  about: { doc: string; example: string },
  what: string,
  set: (draft: GlobalDraft, written: Word) => void,
): GlobalDirective {
  return globalValue(about, (cursor) => cursor.need(what), set);
}

export const tlsWords = {
  'ca-base': base(
    {
      doc: 'Folder of the files that `ca-file` and `crl-file` name without one, below this line.',
      example: 'ca-base /etc/ssl/certs',
    },
    'caBase',
  ),
  'crt-base': base(
    { doc: 'Folder of the files that `crt` names without one, below this line.', example: 'crt-base /etc/ssl/private' },
    'crtBase',
  ),
  'ssl-server-verify': globalValue(
    {
      doc: 'Whether certificates of servers are verified where a `server` has no `verify`: `required` or `none`.',
      example: 'ssl-server-verify none',
      default: 'required',
    },
    (cursor) => cursor.choice('verification', ['required', 'none'] as const),
    (draft, verify) => void (draft.serverTls = { ...draft.serverTls, verify }),
  ),
  'ssl-default-server-ciphers': word(
    {
      doc: "OpenSSL's list of ciphers up to TLS 1.2, for servers without `ciphers`.",
      example: 'ssl-default-server-ciphers ECDHE+AESGCM',
    },
    'a list of ciphers',
    (draft, written) => void (draft.serverTls = { ...draft.serverTls, ciphers: written }),
  ),
  'ssl-default-server-ciphersuites': word(
    {
      doc: 'Cipher suites of TLS 1.3, for servers without `ciphersuites`.',
      example: 'ssl-default-server-ciphersuites TLS_AES_256_GCM_SHA384',
    },
    'a list of cipher suites',
    (draft, written) => void (draft.serverTls = { ...draft.serverTls, suites: written }),
  ),
  'ssl-default-server-options': {
    doc: 'For servers that say nothing of it: `ssl-min-ver`, `ssl-max-ver`, `force-tlsv12`, `no-tlsv10`, `no-tls-tickets`…, as on a `server` line.',
    example: 'ssl-default-server-options ssl-min-ver TLSv1.2 no-tls-tickets',
    apply(cursor, draft, { problems }) {
      if (cursor.peek() === undefined) cursor.need('an option');
      for (let option = cursor.next(); option !== undefined; option = cursor.next()) {
        const known = Object.hasOwn(RANGE_WORDS, option.text) ? RANGE_WORDS[option.text] : undefined;
        if (known === undefined)
          problems.error(option.at, `unknown option '${option.text}'`, nearest(option.text, Object.keys(RANGE_WORDS)));
        else
          draft.serverTls = {
            ...draft.serverTls,
            range: { ...draft.serverTls?.range, ...known.read(cursor, draft.serverTls?.range ?? {}) },
          };
      }
    },
  },
} as const satisfies Record<string, GlobalDirective>;
