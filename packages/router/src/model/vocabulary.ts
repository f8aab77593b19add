import { refusalReason } from './refusals.ts';

/**
 * Keywords of HAProxy 2.6 and later that the router does not support yet. They are refused by name, so that they are
 * neither reported as typos nor silently ignored.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const SECTIONS_NOT_YET = words(`
  ring fcgi-app log-forward log-profile crt-list traces`);

/** Sections about certificates, which belong to the terminator (HAProxy 3.0 and 3.2). */
export const CERTIFICATE_SECTIONS: readonly string[] = ['acme', 'crt-store'];

/** The backend that leads to the answers of http-01 challenges, which the terminator has. */
export const ACME_BACKEND = 'headgate-acme';

export const GLOBAL_NOT_YET = words(`
  51degrees-data-file fd-hard-limit
  ocsp-update.mode setcap wurfl-data-file`);
/** Families of keywords in global: `wurfl-data-file`. */
export const GLOBAL_NOT_YET_PREFIXES = ['deviceatlas-', '51degrees-', 'wurfl-'];

export const PROXY_NOT_YET = words(`
  hash-preserve-affinity log-steps monitor-net quic-initial use-fcgi-app`);

export const OPTIONS_NOT_YET = words(`
  accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response forwarded
  http-drop-request-trailers http-drop-response-trailers spop-check`);

/** Parameters of `bind` about TLS without a value, and those with one. */
export const BIND_TLS_FLAGS = words(`
  ssl allow-0rtt force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 generate-certificates no-alpn no-ca-names no-sslv3
  no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 prefer-client-ciphers strict-sni`);
export const BIND_TLS_VALUES = words(`
  alpn ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file ciphers ciphersuites crl-file crt crt-ignore-err crt-list curves
  default-crt ecdhe npn ssl-max-ver ssl-min-ver tls-ticket-keys verify`);

export function isTlsWord(word: string): boolean {
  return BIND_TLS_FLAGS.includes(word) || BIND_TLS_VALUES.includes(word);
}

/** Keywords of `global` about the TLS of binds: the rest of a name that ends in a dot or a hyphen is free. */
const GLOBAL_TLS = words(`
  acme.scheduler ca-base crt-base httpclient.ssl. issuers-chain-path key-base maxsslconn maxsslrate ssl-default-bind- ssl-dh-param-file ssl-load-extra- ssl-mode-async
  ssl-skip-self-issued-ca tune.ssl.`);

export function isGlobalTls(word: string): boolean {
  return GLOBAL_TLS.some((name) => (/[.-]$/.test(name) ? word.startsWith(name) : word === name));
}

export const SERVER_NOT_YET = words(`
  check-reuse-pool check-via-socks4 curves force-sslv3
  init-state namespace set-proxy-v2-tlv-fmt sigalgs socks4 usesrc`);

/** `not supported yet: 'section ring' (log to a socket, a file or 'stdout')`: with the alternative where there is one. */
export function notSupported(name: string): string {
  const instead = refusalReason(name);
  return `not supported yet: '${name}'${instead === undefined ? '' : ` (${instead})`}`;
}

/** The successor of keywords that HAProxy itself removed, for lines that config/removed.ts cannot rewrite word for word. */
const REMOVED_KEYWORDS: Readonly<Record<string, string>> = {
  appsession: 'cookie',
  reqadd: 'http-request add-header',
  reqallow: 'http-request allow',
  reqdel: 'http-request del-header',
  reqdeny: 'http-request deny',
  reqiallow: 'http-request allow',
  reqidel: 'http-request del-header',
  reqideny: 'http-request deny',
  reqipass: 'http-request allow',
  reqirep: 'http-request replace-header',
  reqisetbe: 'use_backend',
  reqitarpit: 'http-request tarpit',
  reqpass: 'http-request allow',
  reqrep: 'http-request replace-header',
  reqsetbe: 'use_backend',
  reqtarpit: 'http-request tarpit',
  rspadd: 'http-response add-header',
  rspdel: 'http-response del-header',
  rspdeny: 'http-response deny',
  rspidel: 'http-response del-header',
  rspideny: 'http-response deny',
  rspirep: 'http-response replace-header',
  rsprep: 'http-response replace-header',
  'option http_proxy': 'http-request set-dst',
};

/** Names the successor of a keyword that HAProxy removed; undefined for any other keyword. */
export function removed(word: string): string | undefined {
  const successor = Object.hasOwn(REMOVED_KEYWORDS, word) ? REMOVED_KEYWORDS[word] : undefined;
  return successor === undefined ? undefined : `'${word}' was removed from HAProxy; use '${successor}'`;
}
