/** What to do instead of keywords that are refused, by name: an option is `option NAME`. */
const DEVICES = 'device detection is built into some HAProxy packages only; let the application read User-Agent';
export const LUA = 'there is no Lua: use the TypeScript API, or rules';
export const FASTCGI = 'servers speak HTTP: put php-fpm and its like behind a web server';
const CHECKS = "'check' alone tests the connection, 'option httpchk' sends an HTTP request";

const STAPLING = "see 'ocspUpdate' of the terminator";
const NO_QUIC = 'there is no QUIC';
const STRICT = 'the router stays strict: what it refuses can smuggle requests';
const TRAILERS = 'trailers pass, but for the fields that a head alone may have';
const GROUPS = 'Node.js chooses them';
const MARKS = 'Node.js cannot mark packets: let the firewall mark them, by port or user';

const REASONS: Readonly<Record<string, string>> = {
  'section fcgi-app': FASTCGI,
  'section log-forward': 'use a syslog daemon',
  'section log-profile': "'log-format' says what lines hold, of each frontend",
  'section ring': "log to a socket, a file or 'stdout'",
  'section crt-list': "a list is a file of its own: 'bind … ssl crt-list FILE'",
  'section traces': 'the process log has what happens; see the command line',
  'ocsp-update.mode': STAPLING,
  'hash-preserve-affinity': 'a request waits for the server of its hash: leave the line out',
  'log-steps': "a line is logged when a request ends, or with 'option logasap' when its response begins",
  'monitor-net': "answer in a rule: 'http-request return status 200 if { src NETWORK }', or 'monitor-uri'",
  'quic-initial': NO_QUIC,
  'option accept-unsafe-violations-in-http-request': STRICT,
  'option accept-unsafe-violations-in-http-response': STRICT,
  'option forwarded':
    "'option forwardfor' adds X-Forwarded-For; 'http-request set-header Forwarded for=%[src]' adds the other",
  'option http-drop-request-trailers': TRAILERS,
  'option http-drop-response-trailers': TRAILERS,
  'server … check-reuse-pool': 'each check has a connection of its own',
  'server … curves': GROUPS,
  'server … sigalgs': GROUPS,
  'server … init-state': "the first check decides; 'disabled' keeps a server out until it is enabled",
  'server … usesrc':
    "it belongs to 'source', and needs the kernel's transparent proxying; use 'send-proxy' or 'option forwardfor'",
  'fd-hard-limit': 'set the limit of open files where the router is started (LimitNOFILE=), or write maxconn',
  setcap: 'give the capability where the router is started (AmbientCapabilities= in systemd)',
  'option spop-check': CHECKS,
  'server … force-sslv3': "SSL 3.0 is gone from OpenSSL: write 'force-tlsv12'",
  'server … namespace': 'start the router in that namespace (ip netns exec)',
  'server … socks4':
    'there is no SOCKS client: connect directly, or start a forwarder such as socat with SOCKS beside the router',
  'server … check-via-socks4': 'there is no SOCKS client: checks connect as the traffic does',
  'server … set-proxy-v2-tlv-fmt':
    "'proxy-v2-options' sends the fields that HAProxy 2.6 knows; write others with http-request set-header",
  'use-fcgi-app': FASTCGI,
};

/** Actions of rules, whichever rules they are of. */
const ACTIONS: Readonly<Record<string, string>> = {
  lua: LUA,
  'ot-group': 'there is no OpenTracing filter: unique-id-header passes an id that traces can use',
  'send-spoe-group': 'there are no SPOE agents: let the servers ask, or use hooks of the TypeScript API',
  'expect-netscaler-cip': "only PROXY headers are read: 'expect-proxy layer4'",
  'switch-mode': 'a connection is of one mode from its first byte: give each mode a bind of its own',
  pause: "'http-request tarpit' lets a client wait, and 'rate-limit sessions' all of them",
  'set-bandwidth-limit': 'nothing limits the bytes of a connection; limit requests with a stick table',
  'set-bc-mark': MARKS,
  'set-bc-tos': MARKS,
  'set-fc-mark': MARKS,
  'set-fc-tos': MARKS,
  'set-retries': "write 'retries' in the backend",
  'attach-srv': 'servers are connected to from here',
  'add-headers-bin': "write each with 'add-header'",
  'del-headers-bin': "write each with 'del-header'",
  'track-sc': 'write track-sc0, track-sc1 or track-sc2',
  'use-service': 'services of HAProxy are written in Lua, which there is none of',
};

const PREFIXES: readonly (readonly [prefix: string, why: string])[] = [
  ['51degrees-', DEVICES],
  ['deviceatlas-', DEVICES],
  ['wurfl-', DEVICES],
];

/** What to do instead of a keyword; undefined where nothing can be said. */
export function refusalReason(name: string): string | undefined {
  const action = name.slice(name.lastIndexOf(' ') + 1);
  return REASONS[name] ?? ACTIONS[action] ?? PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1];
}
