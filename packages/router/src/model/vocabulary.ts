import { refusalReason } from './refusals.ts';

/**
 * Keywords of HAProxy 2.6 and later that the router does not support yet. They are refused by name, so that they are
 * neither reported as typos nor silently ignored.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const SECTIONS_NOT_YET = words(`
  mailers cache ring program fcgi-app log-forward log-profile crt-store crt-list traces acme`);

export const GLOBAL_NOT_YET = words(`
  51degrees-data-file busy-polling chroot close-spread-time cluster-secret cpu-map cpu-policy debug description
  expose-deprecated-directives expose-experimental-directives external-check fd-hard-limit gid grace group h1-accept-payload-with-any-method
  h1-case-adjust h1-case-adjust-file insecure-fork-wanted insecure-setuid-wanted issuers-chain-path key-base limited-quic localpeer
  lua-load lua-load-per-thread lua-prepend-path master-worker max-spread-checks
  maxpipes maxsslconn maxsslrate mworker-max-reloads no-memory-trimming node noepoll noevports nogetaddrinfo nokqueue
  nopoll noreuseport nosplice numa-cpu-mapping ocsp-update.mode pp2-never-send-local prealloc-fd profiling.memory profiling.tasks quiet
  reserver-state-base server-state-file set-dumpable setcap ssl-engine strict-limits
  thread-group thread-groups uid user wurfl-data-file zero-warning`);
/** Families of keywords in global: `tune.h2.…`, `ssl-default-bind-ciphers`. */
export const GLOBAL_NOT_YET_PREFIXES = [
  'tune.',
  'ssl-',
  'lua-',
  'httpclient.',
  'deviceatlas-',
  '51degrees-',
  'wurfl-',
  'h1-case-',
];

export const PROXY_NOT_YET = words(`
  dispatch
  external-check guid hash-preserve-affinity
  log-steps
  monitor-net persist quic-initial
  transparent
  use-fcgi-app`);

export const OPTIONS_NOT_YET = words(`
  accept-invalid-http-request accept-invalid-http-response accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response
  checkcache clitcpka contstats disable-h2-upgrade external-check forwarded h1-case-adjust-bogus-client h1-case-adjust-bogus-server
  http-drop-request-trailers http-drop-response-trailers http-no-delay
  http-use-htx http-use-proxy-header idle-close-on-response
  nolinger splice-auto
  splice-request splice-response spop-check srvtcpka tcp-smart-accept tcp-smart-connect tcpka transparent`);

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
  ca-base crt-base issuers-chain-path maxsslconn maxsslrate ssl-default-bind- ssl-dh-param-file ssl-load-extra- ssl-mode-async
  ssl-skip-self-issued-ca tune.ssl.`);

export function isGlobalTls(word: string): boolean {
  return GLOBAL_TLS.some((name) => (/[.-]$/.test(name) ? word.startsWith(name) : word === name));
}

export const SERVER_NOT_YET = words(`
  agent-addr agent-check agent-inter agent-port agent-send check-proto check-reuse-pool
  check-via-socks4 curves force-sslv3
  guid hash-key init-state namespace no-agent-check no-send-proxy-v2-ssl
  no-send-proxy-v2-ssl-cn
  proxy-v2-options
  send-proxy-v2-ssl send-proxy-v2-ssl-cn set-proxy-v2-tlv-fmt sigalgs socks4 usesrc`);

const TERMINATED = 'tls-terminator handles TLS';

/** What to do instead, for the keywords most common in existing configurations. */
const INSTEAD: Readonly<Record<string, string>> = {
  'tcp-request connection silent-drop': "write 'reject'",
  'tcp-request content silent-drop': "write 'reject'",
  'http-request silent-drop': "write 'reject'",
  'http-request tarpit': "write 'deny'",
  'server … force-sslv3': "SSL 3.0 is gone from OpenSSL: write 'force-tlsv12'",
  'server … namespace': 'start the router in that namespace (ip netns exec)',
  'server … socks4': 'there is no SOCKS client',
};

/** `not supported yet: 'cookie' ('balance source' keeps a client on one server)`: with the alternative where there is one. */
export function notSupported(name: string): string {
  const instead =
    INSTEAD[name] ?? refusalReason(name) ?? (/^(ssl|ca-file|crt|verify|ciphers)/.test(name) ? TERMINATED : undefined);
  return `not supported yet: '${name}'${instead === undefined ? '' : ` (${instead})`}`;
}

/** The successor of each keyword that HAProxy itself removed; a rule of `http-request` is named `http-request ACTION`. */
const REMOVED_KEYWORDS: Readonly<Record<string, string>> = {
  appsession: 'cookie',
  block: 'http-request deny',
  clitimeout: 'timeout client',
  contimeout: 'timeout connect',
  srvtimeout: 'timeout server',
  redispatch: 'option redispatch',
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
  'option forceclose': 'option httpclose',
  'option http-tunnel': 'option http-keep-alive',
  'option http_proxy': 'http-request set-dst',
};

/**
 * What to write instead of a keyword that HAProxy removed, undefined for any other keyword. Its successor is named only where it
 * is supported here (`works`): a hint must not lead to the next error.
 */
export function removed(word: string, works: (successor: string) => boolean): string | undefined {
  const successor = Object.hasOwn(REMOVED_KEYWORDS, word) ? REMOVED_KEYWORDS[word] : undefined;
  if (successor === undefined) return undefined;
  if (works(successor)) return `'${word}' was removed from HAProxy; use '${successor}'`;
  const instead = INSTEAD[successor];
  return `'${word}' was removed from HAProxy, and its successor '${successor}' is not supported here yet${instead === undefined ? '' : `: ${instead}`}`;
}
