/** Words of proxies that affect neither traffic nor decisions, and what follows them. */
import { severities } from '@headgate/shared/log/severity';
import { KEEPS_STATE, KERNEL, NAMES_KEEP_CASE } from './reasons.ts';
import { choice, duration, each, integer, nothing, perhaps, signed, text, texts, threads } from './takes.ts';
import type { Idle, Takes } from './takes.ts';

const PROBES =
  'Node.js sets the time before the first probe only: set net.ipv4.tcp_keepalive_intvl and tcp_keepalive_probes in the system';

/** After `option`. */
export const OPTIONS_WITHOUT_EFFECT: Readonly<Record<string, Idle>> = {
  ...each(KERNEL, nothing, 'tcp-smart-accept tcp-smart-connect splice-auto splice-request splice-response'),
  'http-no-delay': { why: 'data is always sent as soon as it arrives', takes: nothing },
  contstats: { why: 'bytes are counted as they pass', takes: nothing },
  'accept-invalid-http-request': {
    why: 'the router stays strict: what it refuses can smuggle requests',
    takes: nothing,
  },
  'accept-invalid-http-response': {
    why: 'the router stays strict: what it refuses can smuggle responses',
    takes: nothing,
  },
  'disable-h2-upgrade': { why: 'there is no HTTP/2', takes: nothing },
  ...each(NAMES_KEEP_CASE, nothing, 'h1-case-adjust-bogus-client h1-case-adjust-bogus-server'),
  'idle-close-on-response': {
    why: 'a stop tells clients with their response, and closes idle connections soon after',
    takes: nothing,
  },
  'independent-streams': {
    why: "a timeout counts for the side whose turn it is, and another direction's traffic does not prolong it",
    takes: nothing,
  },
  'http-use-proxy-header': { why: 'Proxy-Connection never passes from one connection to the next', takes: nothing },
  nolinger: { why: 'a connection that is closed leaves nothing behind that would pile up', takes: nothing },
  'http-use-htx': { why: 'it was removed from HAProxy too', takes: nothing },
};

const NO_GUID = 'nothing asks for it: proxies and servers are known by their names and numbers';

const ALERTS = ['from', 'level', 'mailers', 'myhostname', 'to'];

/** `email-alert from ADDRESS`. */
const alert: Takes = (cursor) => {
  const what = cursor.choice('word', ALERTS);
  if (what === 'level') cursor.choice('level', severities);
  else if (what === undefined) cursor.rest();
  else cursor.need('a value');
};

export const PROXY_WITHOUT_EFFECT: Readonly<Record<string, Idle>> = {
  'bind-process': { why: "every worker accepts on every address; see 'workers'", takes: texts('processes') },
  ...each(PROBES, integer(), 'clitcpka-cnt srvtcpka-cnt'),
  ...each(PROBES, duration, 'clitcpka-intvl srvtcpka-intvl'),
  guid: { why: NO_GUID, takes: text('an id') },
  'email-alert': { why: 'no mail is sent: watch the log or the metrics for servers that go down', takes: alert },
  'load-server-state-from-file': { why: KEEPS_STATE, takes: choice('global', 'local', 'none') },
  'server-state-file-name': { why: KEEPS_STATE, takes: perhaps },
};

const ONE_THREAD = 'no thread of its own serves an address';
const CONTROL = "it belongs to 'stats socket'";

/** Parameters of `bind`. Those about TLS are in model/vocabulary.ts. */
export const BIND_WITHOUT_EFFECT: Readonly<Record<string, Idle>> = {
  'defer-accept': { why: KERNEL, takes: nothing },
  'expose-fd': { why: CONTROL, takes: choice('listeners') },
  'guid-prefix': { why: 'binds have no GUID', takes: text('a prefix') },
  id: { why: 'binds are numbered in the order of the file', takes: integer(1) },
  level: { why: CONTROL, takes: choice('user', 'operator', 'admin') },
  mss: { why: KERNEL, takes: signed(65_535) },
  nice: { why: 'connections are served in turn', takes: signed(1024) },
  process: { why: ONE_THREAD, takes: threads },
  'severity-output': { why: CONTROL, takes: choice('none', 'number', 'string') },
  'tcp-ut': { why: KERNEL, takes: duration },
  tfo: { why: KERNEL, takes: nothing },
  thread: { why: ONE_THREAD, takes: threads },
};
