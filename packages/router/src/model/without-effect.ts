/**
 * What a working haproxy.cfg may keep although it does nothing here: each keyword with the reason, which a warning prints and
 * docs/compatibility.md lists.
 */
const NO_TLS_HERE = 'the router does not handle TLS; ciphers and certificates are set in tls-terminator';
const EVENT_LOOP = "it configures HAProxy's event loop";
const NAMES_KEEP_CASE = 'names of fields keep the case they came with';
const PROFILER = 'use the profiler of Node.js (--cpu-prof, --heap-prof)';
const KEEPS_STATE = 'a reload keeps the states of servers, and after a start checks decide';
const ONE_PROCESS = "a supervisor restarts the program, and 'workers' are looked after by it";
const EVERY_WORKER = "every worker accepts on every address; see 'workers'";

/** Keywords of `global` that a working haproxy.cfg may keep: their purpose does not exist here, or is served elsewhere. */
export const GLOBAL_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  chroot:
    "Node.js cannot change its root, and needs its own files after the start: what stands in its place is 'user', and a container or systemd (RootDirectory=, ProtectSystem=strict)",
  'acme.scheduler': NO_TLS_HERE,
  'issuers-chain-path': NO_TLS_HERE,
  'key-base': NO_TLS_HERE,
  maxsslconn: NO_TLS_HERE,
  maxsslrate: NO_TLS_HERE,
  'master-worker': ONE_PROCESS,
  'cpu-map': 'the system schedules its one thread',
  'cpu-policy': 'the system schedules its one thread',
  'numa-cpu-mapping': 'the system schedules its one thread',
  'thread-group': 'there is one thread',
  'thread-groups': 'there is one thread',
  debug: 'see the process log',
  quiet: 'use -q on the command line',
  'zero-warning': 'warnings never stop the start',
  ...same(EVENT_LOOP, 'busy-polling noepoll noevports nokqueue nopoll nosplice nogetaddrinfo noreuseport'),
  'no-memory-trimming': 'Node.js manages its memory',
  maxpipes: 'nothing is spliced',
  'close-spread-time': 'idle connections close soon after a stop begins',
  'cluster-secret': 'there is no QUIC',
  'expose-experimental-directives': 'nothing here has to be exposed',
  maxcompcpuusage: 'maxcomprate and maxzlibmem bound compression',
  grace: 'a stop begins at once: let the supervisor wait (ExecStop=/bin/sleep 5 in systemd)',
  'h1-accept-payload-with-any-method': 'bodies are accepted with any method',
  'h1-case-adjust': NAMES_KEEP_CASE,
  'h1-case-adjust-file': NAMES_KEEP_CASE,
  'h2-workaround-bogus-websocket-clients': 'there is no HTTP/2',
  'insecure-fork-wanted': "'external-check' alone lets checks start programs, and nothing else can",
  'insecure-setuid-wanted': 'no program is started',
  localpeer: 'there are no peers; HAPROXY_LOCALPEER is the name of the machine',
  'max-spread-checks': 'first checks are spread over their interval',
  'pp2-never-send-local': 'checks send a PROXY header only with check-send-proxy',
  'prealloc-fd': 'the kernel allocates descriptors as they are needed',
  'profiling.memory': PROFILER,
  'profiling.tasks': PROFILER,
  'server-state-base': KEEPS_STATE,
  'server-state-file': KEEPS_STATE,
  'strict-limits': 'a limit that is too low always stops the start',
  'set-dumpable': 'set the limit of core files in the supervisor (LimitCORE=)',
};
const GLOBAL_WITHOUT_EFFECT_PREFIXES: readonly (readonly [prefix: string, why: string])[] = [
  ['tune.ssl.', NO_TLS_HERE],
  ['ssl-', NO_TLS_HERE],
  ['lua-', 'there is no Lua: what rules use of it is refused where they name it'],
  ['httpclient.', 'the router makes no requests of its own'],
  ['tune.', "it tunes HAProxy's internals"],
];

/** Why a keyword of `global` is accepted without effect; undefined for any other keyword. */
export function globalWithoutEffect(word: string): string | undefined {
  if (Object.hasOwn(GLOBAL_WITHOUT_EFFECT, word)) return GLOBAL_WITHOUT_EFFECT[word];
  return GLOBAL_WITHOUT_EFFECT_PREFIXES.find(([prefix]) => word.startsWith(prefix))?.[1];
}

/** The same reason for several words. */
function same(why: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, why]));
}

const PROBES =
  'Node.js sets the time before the first probe only: set net.ipv4.tcp_keepalive_intvl and tcp_keepalive_probes in the system';
const KERNEL = 'Node.js sets up its sockets itself';

/** Options that affect neither traffic nor decisions. */
export const OPTIONS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'tcp-smart-accept': KERNEL,
  'tcp-smart-connect': KERNEL,
  'splice-auto': KERNEL,
  'splice-request': KERNEL,
  'splice-response': KERNEL,
  'http-no-delay': 'data is always sent as soon as it arrives',
  contstats: 'bytes are counted as they pass',
  'accept-invalid-http-request': 'the router stays strict: what it refuses can smuggle requests',
  'accept-invalid-http-response': 'the router stays strict: what it refuses can smuggle responses',
  'disable-h2-upgrade': 'there is no HTTP/2',
  'h1-case-adjust-bogus-client': NAMES_KEEP_CASE,
  'h1-case-adjust-bogus-server': NAMES_KEEP_CASE,
  'idle-close-on-response': 'a stop tells clients with their response, and closes idle connections soon after',
  'independent-streams':
    "a timeout counts for the side whose turn it is, and another direction's traffic does not prolong it",
  'http-use-proxy-header': 'Proxy-Connection never passes from one connection to the next',
  nolinger: 'a connection that is closed leaves nothing behind that would pile up',
  'http-use-htx': 'it was removed from HAProxy too',
};

/** Keywords of proxies that affect neither traffic nor decisions. */
export const PROXY_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'bind-process': EVERY_WORKER,
  ...same(PROBES, 'clitcpka-cnt clitcpka-intvl srvtcpka-cnt srvtcpka-intvl'),
  description: "the page shows that of 'global', with 'stats show-desc'",
  'email-alert': 'no mail is sent: watch the log or the metrics for servers that go down',
  'load-server-state-from-file': KEEPS_STATE,
  'server-state-file-name': KEEPS_STATE,
};

/** HAProxy's cache changes who answers, not what: without it servers get every request. */
export const NO_CACHE =
  'nothing is cached, and servers get every request: let them send Cache-Control, or put a cache in front of them';

/** Sections that a terminator in front reads (config/certificates.ts). */
const NO_CERTIFICATES =
  'certificates are the business of headgate-terminator: start both halves from this file with headgate';

/** Sections whose absence changes neither traffic nor decisions. */
export const SECTIONS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  acme: NO_CERTIFICATES,
  cache: NO_CACHE,
  'crt-store': NO_CERTIFICATES,
  mailers: 'no mail is sent: watch the log or the metrics for servers that go down',
  program: 'no program is started: let the supervisor start it beside this one',
};
