/** Words of `server` and `default-server` about TLS. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { compileExpression, textValue } from '../sample/expression.ts';
import { readAuthorities, readIdentity, readRevocations } from './pem-files.ts';
import { text } from './idle/takes.ts';
import { withoutEffect } from './server-connections.ts';
import type { ServerContext, ServerParameter } from './server-words.ts';
import { RANGE_WORDS } from './tls-range.ts';
import type { TlsDraft } from './tls-draft.ts';

type Read = (cursor: Cursor, context: ServerContext, before: TlsDraft) => Partial<TlsDraft> | undefined;

function word(doc: string, example: string, read: Read): ServerParameter {
  return {
    doc,
    example,
    apply(parameters, cursor, context) {
      const before = parameters.tls ?? {};
      const change = read(cursor, context, before);
      if (change !== undefined) parameters.tls = { ...before, ...change };
    },
  };
}

const flag = (example: string, doc: string, change: Partial<TlsDraft>): ServerParameter =>
  word(doc, example, () => change);

function file<Kind extends 'ca' | 'crl' | 'identity'>(
  example: string,
  doc: string,
  kind: Kind,
  read: (path: Word, context: ServerContext) => TlsDraft[Kind] | undefined,
): ServerParameter {
  return word(doc, example, (cursor, context) => {
    const path = cursor.need('a file');
    const found = path === undefined ? undefined : read(path, context);
    return found === undefined ? undefined : { [kind]: found };
  });
}

function given(
  example: string,
  doc: string,
  what: string,
  change: (written: Word) => Partial<TlsDraft>,
): ServerParameter {
  return word(doc, example, (cursor) => {
    const written = cursor.need(what);
    return written === undefined ? undefined : change(written);
  });
}

/** By keyword. Defaults are HAProxy's. */
export const TLS_WORDS: Readonly<Record<string, ServerParameter>> = {
  ssl: flag(
    'ssl verify none',
    'Speaks TLS to it. Its certificate is verified unless `verify none` is written: give `ca-file`, and `sni` or `verifyhost`. Its checks speak TLS too, unless `port` or `addr` is set. See [TLS to servers](server-tls.md).',
    { ssl: true },
  ),
  'no-ssl': word('Undoes an `ssl` of default-server.', 'no-ssl', (_cursor, _context, { ssl = false, wasOn = ssl }) => ({
    ssl: false,
    wasOn,
  })),
  verify: word(
    '`required` (default) refuses a server whose certificate is not signed by an authority in `ca-file`, or not for the name of `sni` or `verifyhost`; `none` accepts any.',
    'ssl verify none',
    (cursor) => {
      const verify = cursor.choice('verification', ['required', 'none']);
      // A word that is wrong has been reported: that there is no ca-file would be no news.
      return { verify: verify ?? 'none' };
    },
  ),
  verifyhost: given(
    'verifyhost app.internal',
    'The name its certificate has to be for where `sni` gives none; an IP address is compared with those of the certificate.',
    'the name of a host',
    ({ text }) => ({ verifyName: text }),
  ),
  'no-verifyhost': flag('no-verifyhost', 'Undoes a `verifyhost` of default-server.', { verifyName: undefined }),
  'ca-file': file(
    'ssl ca-file @system-ca',
    'PEM file of the authorities that its certificate is verified with, a folder of such files, or `@system-ca`, those of the system.',
    'ca',
    readAuthorities,
  ),
  'crl-file': file(
    'crl-file revoked.pem',
    'PEM file of revocation lists; one is needed for each authority.',
    'crl',
    readRevocations,
  ),
  crt: file(
    'crt client.pem',
    'PEM file of the certificate and key that are shown to a server that asks for one; the key may be in the same name with `.key`.',
    'identity',
    readIdentity,
  ),
  sni: word(
    'The name asked of it (SNI), made of the request: `req.hdr(host)`, `str(app.internal)`, `ssl_fc_sni`. With `verify required` its certificate has to be for this name. Connections for different names are never mixed.',
    'ssl verify none sni req.hdr(host)',
    (cursor, { expressions }) => {
      const written = cursor.need('a sample expression such as req.hdr(host)');
      const compiled =
        written === undefined || expressions === undefined ? undefined : compileExpression(written, expressions);
      return compiled === undefined ? undefined : { sni: textValue(compiled) };
    },
  ),
  alpn: given(
    'alpn http/1.1',
    'The protocols offered to it (ALPN), separated by commas. In mode http those of HTTP/1 are offered and others left out.',
    'protocols',
    (alpn) => ({ alpn }),
  ),
  ciphers: given(
    'ciphers ECDHE+AESGCM',
    "OpenSSL's list of ciphers up to TLS 1.2.",
    'a list of ciphers',
    (ciphers) => ({
      ciphers,
    }),
  ),
  ciphersuites: given(
    'ciphersuites TLS_AES_128_GCM_SHA256',
    'Cipher suites of TLS 1.3.',
    'a list of cipher suites',
    (suites) => ({ suites }),
  ),
  ...Object.fromEntries(
    Object.entries(RANGE_WORDS).map(([name, { doc, example, read }]) => [
      name,
      word(doc, example, (cursor, _context, before) => read(cursor, before)),
    ]),
  ),
  'tls-tickets': flag('tls-tickets', 'Undoes a `no-tls-tickets` of default-server.', { tickets: true }),
  'no-ssl-reuse': flag('no-ssl-reuse', 'Resumes no sessions: each connection makes a full handshake.', {
    resume: false,
  }),
  'ssl-reuse': flag('ssl-reuse', 'Undoes a `no-ssl-reuse` of default-server.', { resume: true }),
  'check-ssl': flag(
    'check check-ssl verify none',
    'Its checks speak TLS, whatever its traffic does, and wherever `port` and `addr` send them.',
    { check: true },
  ),
  'no-check-ssl': flag('no-check-ssl', 'Its checks do not speak TLS.', { check: false }),
  'check-sni': given(
    'check-sni app.internal',
    'The name that checks over TLS ask for; they do not use `sni`.',
    'a name',
    ({ text }) => ({ checkSni: text }),
  ),
  'check-alpn': given(
    'check-alpn http/1.1',
    'The protocols that checks over TLS offer (ALPN). Default: those of `alpn`.',
    'protocols',
    (checkAlpn) => ({ checkAlpn }),
  ),
  'allow-0rtt': withoutEffect('allow-0rtt', 'no request is sent before the handshake is complete'),
  npn: withoutEffect('npn http/1.1', 'ALPN has replaced NPN', text('protocols')),
};
