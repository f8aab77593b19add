/**
 * Keywords of `global` that a working haproxy.cfg may keep although they do nothing here: their purpose does not exist, or is served
 * elsewhere. A warning prints the reason, and docs/compatibility.md lists it.
 */
import { KEEPS_STATE, NAMES_KEEP_CASE, NO_LUA, NO_TLS_HERE } from './reasons.ts';
import { choice, choices, duration, each, integer, nothing, onOff, text, texts, threads } from './takes.ts';
import type { Idle, Takes } from './takes.ts';
import { TUNING } from './tune.ts';

const EVENT_LOOP = "it configures HAProxy's event loop";
const ONE_THREAD = 'the system schedules its one thread';
const NO_REQUESTS = 'the router makes no requests of its own';
const PROFILER = 'use the profiler of Node.js (--cpu-prof, --heap-prof)';

/** `cpu-map 1/1-4 0-3`. */
const processors: Takes = (cursor, problems) => {
  threads(cursor, problems);
  cursor.need('processors such as 0-3');
  for (const { text: set, at } of cursor.rest())
    if (!/^\d+(?:-\d*)?(?:,\d+(?:-\d*)?)*$/.test(set))
      problems.error(at, `'${set}' is not a list of processors such as 0-3`);
};

/** `h1-case-adjust content-length Content-Length`. */
const spelling: Takes = (cursor, problems) => {
  const from = cursor.need('the name of a field');
  const to = cursor.need('the name as it is to be written');
  if (from !== undefined && to !== undefined && from.text.toLowerCase() !== to.text.toLowerCase())
    problems.error(to.at, `'${from.text}' and '${to.text}' differ in more than their case`);
};

export const GLOBAL_WITHOUT_EFFECT: Readonly<Record<string, Idle>> = {
  ...TUNING,
  chroot: {
    why: "Node.js cannot change its root, and needs its own files after the start: what stands in its place is 'user', and a container or systemd (RootDirectory=, ProtectSystem=strict)",
    takes: text('a folder'),
  },
  'master-worker': {
    why: "a supervisor restarts the program, and 'workers' are looked after by it",
    takes: (cursor) => void (cursor.peek() !== undefined && cursor.choice('option', ['no-exit-on-failure'])),
  },
  'cpu-map': { why: ONE_THREAD, takes: processors },
  'cpu-policy': { why: ONE_THREAD, takes: texts('a policy') },
  'cpu-set': { why: ONE_THREAD, takes: texts('what to use or drop') },
  'numa-cpu-mapping': { why: ONE_THREAD, takes: nothing },
  'thread-group': { why: 'there is one thread', takes: texts('the number of the group') },
  'thread-groups': { why: 'there is one thread', takes: integer(1, 64) },
  'thread-hard-limit': { why: 'there is one thread', takes: integer(1, 4096) },
  debug: { why: 'see the process log', takes: nothing },
  quiet: { why: 'use -q on the command line', takes: nothing },
  'zero-warning': { why: 'warnings never stop the start', takes: nothing },
  ...each(EVENT_LOOP, nothing, 'busy-polling noepoll noevports nokqueue nopoll nosplice nogetaddrinfo noreuseport'),
  'no-memory-trimming': { why: 'Node.js manages its memory', takes: nothing },
  'limited-quic': { why: 'there is no QUIC', takes: nothing },
  'no-quic': { why: 'there is no QUIC', takes: nothing },
  maxpipes: { why: 'nothing is spliced', takes: integer() },
  'close-spread-time': { why: 'idle connections close soon after a stop begins', takes: duration },
  'cluster-secret': { why: 'there is no QUIC', takes: text('a secret') },
  'expose-deprecated-directives': { why: 'nothing here has to be exposed', takes: nothing },
  'expose-experimental-directives': { why: 'nothing here has to be exposed', takes: nothing },
  maxcompcpuusage: { why: 'maxcomprate and maxzlibmem bound compression', takes: integer(0, 100) },
  grace: {
    why: 'a stop begins at once: let the supervisor wait (ExecStop=/bin/sleep 5 in systemd)',
    takes: duration,
  },
  'h1-accept-payload-with-any-method': { why: 'bodies are accepted with any method', takes: nothing },
  'h1-case-adjust': { why: NAMES_KEEP_CASE, takes: spelling },
  'h1-case-adjust-file': { why: NAMES_KEEP_CASE, takes: text('a file') },
  'h2-workaround-bogus-websocket-clients': { why: 'there is no HTTP/2', takes: nothing },
  'harden.reject-privileged-ports.tcp': { why: 'clients may connect from any port', takes: onOff },
  'harden.reject-privileged-ports.quic': { why: 'there is no QUIC', takes: onOff },
  'insecure-fork-wanted': {
    why: "'external-check' alone lets checks start programs, and nothing else can",
    takes: nothing,
  },
  'insecure-setuid-wanted': { why: 'no program is started', takes: nothing },
  localpeer: { why: 'there are no peers; HAPROXY_LOCALPEER is the name of the machine', takes: text('a name') },
  'pp2-never-send-local': { why: 'checks send a PROXY header only with check-send-proxy', takes: nothing },
  'prealloc-fd': { why: 'the kernel allocates descriptors as they are needed', takes: nothing },
  'profiling.memory': { why: PROFILER, takes: onOff },
  'profiling.tasks': { why: PROFILER, takes: choice('on', 'off', 'auto', 'lock', 'no-lock', 'memory', 'no-memory') },
  'server-state-base': { why: KEEPS_STATE, takes: text('a folder') },
  'server-state-file': { why: KEEPS_STATE, takes: text('a file') },
  'strict-limits': { why: 'a limit that is too low always stops the start', takes: nothing },
  'set-dumpable': { why: 'set the limit of core files in the supervisor (LimitCORE=)', takes: nothing },
  'lua-load': { why: NO_LUA, takes: texts('a file') },
  'lua-load-per-thread': { why: NO_LUA, takes: texts('a file') },
  'lua-prepend-path': { why: NO_LUA, takes: texts('a path') },
  'httpclient.resolvers.disabled': { why: NO_REQUESTS, takes: onOff },
  'httpclient.resolvers.id': { why: NO_REQUESTS, takes: text('the name of a resolvers section') },
  'httpclient.resolvers.prefer': { why: NO_REQUESTS, takes: choice('ipv4', 'ipv6') },
  'httpclient.retries': { why: NO_REQUESTS, takes: integer() },
  'httpclient.timeout.connect': { why: NO_REQUESTS, takes: duration },
  'httpclient.ssl.ca-file': { why: NO_REQUESTS, takes: text('a file') },
  'httpclient.ssl.verify': { why: NO_REQUESTS, takes: choice('none', 'required') },
  'acme.scheduler': { why: NO_TLS_HERE, takes: choice('auto', 'off') },
  'issuers-chain-path': { why: NO_TLS_HERE, takes: text('a folder') },
  'key-base': { why: NO_TLS_HERE, takes: text('a folder') },
  maxsslconn: { why: NO_TLS_HERE, takes: integer() },
  maxsslrate: { why: NO_TLS_HERE, takes: integer() },
  ...each(
    NO_TLS_HERE,
    text('a list'),
    'ssl-default-bind-ciphers ssl-default-bind-ciphersuites ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-sigalgs ssl-default-server-client-sigalgs ssl-default-server-curves ssl-default-server-sigalgs',
  ),
  'ssl-default-bind-options': { why: NO_TLS_HERE, takes: texts('an option') },
  'ssl-dh-param-file': { why: NO_TLS_HERE, takes: text('a file') },
  'ssl-engine': { why: NO_TLS_HERE, takes: texts('the name of an engine') },
  'ssl-load-extra-del-ext': { why: NO_TLS_HERE, takes: nothing },
  'ssl-load-extra-files': {
    why: NO_TLS_HERE,
    takes: choices('none', 'all', 'bundle', 'sctl', 'ocsp', 'issuer', 'key'),
  },
  'ssl-mode-async': { why: NO_TLS_HERE, takes: nothing },
  ...each(NO_TLS_HERE, text('a value'), 'ssl-propquery ssl-provider ssl-provider-path'),
  'ssl-security-level': { why: NO_TLS_HERE, takes: integer(0, 5) },
  'ssl-skip-self-issued-ca': { why: NO_TLS_HERE, takes: nothing },
};

/** The words of `global` that HAProxy lets `no` stand before. */
export const GLOBAL_NEGATED: readonly string[] = [
  'busy-polling',
  'insecure-fork-wanted',
  'numa-cpu-mapping',
  'set-dumpable',
  'strict-limits',
];
