/**
 * Keywords of HAProxy 2.6 and later that the router does not support yet. They are refused by name, so that they are
 * neither reported as typos nor silently ignored.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const SECTIONS_NOT_YET = words(`
  resolvers mailers cache ring program fcgi-app log-forward log-profile crt-store crt-list traces acme`);

export const GLOBAL_NOT_YET = words(`
  51degrees-data-file busy-polling ca-base chroot close-spread-time cluster-secret cpu-map cpu-policy crt-base debug default-path description
  expose-deprecated-directives expose-experimental-directives external-check fd-hard-limit gid grace group h1-accept-payload-with-any-method
  h1-case-adjust h1-case-adjust-file insecure-fork-wanted insecure-setuid-wanted issuers-chain-path key-base limited-quic localpeer
  log-send-hostname lua-load lua-load-per-thread lua-prepend-path master-worker max-spread-checks maxcompcpuusage maxcomprate maxconnrate
  maxpipes maxsessrate maxsslconn maxsslrate maxzlibmem mworker-max-reloads no-memory-trimming node noepoll noevports nogetaddrinfo nokqueue
  nopoll noreuseport nosplice numa-cpu-mapping ocsp-update.mode pp2-never-send-local prealloc-fd presetenv profiling.memory profiling.tasks quiet
  resetenv server-state-base server-state-file set-dumpable set-var set-var-fmt setcap setenv ssl-engine ssl-server-verify strict-limits
  thread-group thread-groups uid unix-bind unsetenv user wurfl-data-file zero-warning`);
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

const NO_TLS_HERE = 'the router does not handle TLS; ciphers and certificates are set in tls-terminator';
const OWN_USER =
  'the router keeps the user it is started as (systemd: User=) and needs no root, only a capability for ports below 1024';
const ONE_PROCESS = 'there is one process, which a supervisor restarts';

/** Keywords of `global` that a working haproxy.cfg may keep: their purpose does not exist here, or is served elsewhere. */
const GLOBAL_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  user: OWN_USER,
  group: OWN_USER,
  uid: OWN_USER,
  gid: OWN_USER,
  chroot: 'use a container or systemd (RootDirectory=) instead',
  'ca-base': NO_TLS_HERE,
  'crt-base': NO_TLS_HERE,
  'issuers-chain-path': NO_TLS_HERE,
  maxsslconn: NO_TLS_HERE,
  maxsslrate: NO_TLS_HERE,
  'master-worker': ONE_PROCESS,
  'mworker-max-reloads': ONE_PROCESS,
  'cpu-map': 'the system schedules its one thread',
  'cpu-policy': 'the system schedules its one thread',
  'numa-cpu-mapping': 'the system schedules its one thread',
  'thread-group': 'there is one thread',
  'thread-groups': 'there is one thread',
  description: 'only shown on a statistics page',
  node: 'only shown on a statistics page',
  debug: 'see the process log',
  quiet: 'use -q on the command line',
  'zero-warning': 'warnings never stop the start',
  'busy-polling': "it configures HAProxy's event loop",
  noepoll: "it configures HAProxy's event loop",
  nokqueue: "it configures HAProxy's event loop",
  nopoll: "it configures HAProxy's event loop",
  nosplice: "it configures HAProxy's event loop",
  'no-memory-trimming': 'Node.js manages its memory',
  maxpipes: 'nothing is spliced',
  'set-dumpable': 'set the limit of core files in the supervisor (LimitCORE=)',
};
const GLOBAL_WITHOUT_EFFECT_PREFIXES: readonly (readonly [prefix: string, why: string])[] = [
  ['tune.ssl.', NO_TLS_HERE],
  ['ssl-', NO_TLS_HERE],
  ['tune.', "it tunes HAProxy's internals"],
];

/** Why a keyword of `global` is accepted without effect; undefined for any other keyword. */
export function globalWithoutEffect(word: string): string | undefined {
  if (Object.hasOwn(GLOBAL_WITHOUT_EFFECT, word)) return GLOBAL_WITHOUT_EFFECT[word];
  return GLOBAL_WITHOUT_EFFECT_PREFIXES.find(([prefix]) => word.startsWith(prefix))?.[1];
}

const KERNEL = 'Node.js sets up its sockets itself';

/** Options that affect neither traffic nor decisions. */
export const OPTIONS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  clitcpka: KERNEL,
  srvtcpka: KERNEL,
  tcpka: KERNEL,
  'tcp-smart-accept': KERNEL,
  'tcp-smart-connect': KERNEL,
  'splice-auto': KERNEL,
  'splice-request': KERNEL,
  'splice-response': KERNEL,
  'http-no-delay': 'data is always sent as soon as it arrives',
  contstats: 'bytes are counted as they pass',
  'independent-streams':
    "a timeout counts for the side whose turn it is, and another direction's traffic does not prolong it",
  'http-use-htx': 'it was removed from HAProxy too',
};

export const PROXY_NOT_YET = words(`
  bind-process clitcpka-cnt clitcpka-idle clitcpka-intvl compression description disabled dispatch
  email-alert enabled error-log-format external-check filter guid hash-preserve-affinity
  id load-server-state-from-file log-format-sd log-steps
  monitor-net persist quic-initial rate-limit server-state-file-name server-template
  srvtcpka-cnt srvtcpka-idle srvtcpka-intvl transparent unique-id-format unique-id-header
  use-fcgi-app`);

export const OPTIONS_NOT_YET = words(`
  accept-invalid-http-request accept-invalid-http-response accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response
  checkcache clitcpka contstats disable-h2-upgrade external-check forwarded h1-case-adjust-bogus-client h1-case-adjust-bogus-server
  http-buffer-request http-drop-request-trailers http-drop-response-trailers http-no-delay
  http-restrict-req-hdr-names http-use-htx http-use-proxy-header httpslog idle-close-on-response
  log-separate-errors logasap nolinger originalto splice-auto
  splice-request splice-response spop-check srvtcpka tcp-smart-accept tcp-smart-connect tcpka transparent`);

export const BIND_TLS = words(`
  ssl allow-0rtt alpn ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file ciphers ciphersuites crl-file crt crt-ignore-err crt-list
  curves default-crt ecdhe force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 generate-certificates no-ca-names no-sslv3
  no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 npn prefer-client-ciphers ssl-max-ver ssl-min-ver strict-sni tls-ticket-keys verify`);

export const BIND_NOT_YET = words(`
  accept-netscaler-cip defer-accept expose-fd gid group guid-prefix id interface level mss namespace nice process proto severity-output
  tcp-ut tfo thread transparent uid user`);

export const SERVER_NOT_YET = words(`
  agent-addr agent-check agent-inter agent-port agent-send allow-0rtt alpn ca-file check-alpn check-proto check-reuse-pool check-sni check-ssl
  check-via-socks4 ciphers ciphersuites crl-file crt curves force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13
  guid hash-key init-state namespace no-agent-check no-check-ssl no-send-proxy-v2-ssl
  no-send-proxy-v2-ssl-cn no-ssl no-ssl-reuse no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 no-verifyhost npn
  proxy-v2-options resolve-net resolve-opts resolvers
  send-proxy-v2-ssl send-proxy-v2-ssl-cn set-proxy-v2-tlv-fmt sigalgs sni socks4 ssl ssl-max-ver ssl-min-ver ssl-reuse
  tls-tickets usesrc verify verifyhost`);

const TERMINATED = 'tls-terminator handles TLS';

/** What to do instead, for the keywords most common in existing configurations. */
const INSTEAD: Readonly<Record<string, string>> = {
  'ca-base': TERMINATED,
  'crt-base': TERMINATED,
  'tcp-request connection silent-drop': "write 'reject'",
  'tcp-request content silent-drop': "write 'reject'",
  'http-request silent-drop': "write 'reject'",
  'http-request tarpit': "write 'deny'",
  'server … namespace': 'start the router in that namespace (ip netns exec)',
  'server … socks4': 'there is no SOCKS client',
  'server-template': "write one 'server' line per server",
  'section resolvers': 'the system resolves names when they are used',
};

/** `not supported yet: 'cookie' ('balance source' keeps a client on one server)`: with the alternative where there is one. */
export function notSupported(name: string): string {
  const instead =
    INSTEAD[name] ?? (/^(server … )?(ssl|ca-file|crt|verify|ciphers)/.test(name) ? TERMINATED : undefined);
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
