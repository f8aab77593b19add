/** Where connections come from and go to, and how their sockets are set. */
import { isIP } from 'node:net';
import { parseAddress } from '../address.ts';
import type { ServiceDirective } from '../directive.ts';
import { oneOf, yesNo } from '../values.ts';

/** stunnel's other server protocols start TLS in the middle of a conversation. */
const NEGOTIATED = ['capwin', 'cifs', 'connect', 'imap', 'ldap', 'nntp', 'pgsql', 'pop3', 'smtp', 'socks'];

/** Whose socket, which option, and its field in the draft. */
const SOCKET_SWITCHES = {
  'l:tcp_nodelay': 'clientNoDelay',
  'l:so_keepalive': 'clientKeepAlive',
  'r:tcp_nodelay': 'serverNoDelay',
  'r:so_keepalive': 'serverKeepAlive',
} as const;

function isSocketSwitch(name: string): name is keyof typeof SOCKET_SWITCHES {
  return Object.hasOwn(SOCKET_SWITCHES, name);
}

export const addresses = {
  accept: {
    summary:
      'Where TLS connections are accepted. A port alone is every IPv4 address; `:::443` is IPv4 and IPv6; port 0 takes a free one.',
    takes: '[host:]port | /path',
    default: '',
    example: 'accept = 443',
    repeatable: true,
    apply(value, draft, problems) {
      const address = parseAddress(value, 0, problems);
      if (address === undefined) return;
      const { at } = value;
      if (address.kind === 'unix') draft.accepts.push({ ...address, at });
      else draft.accepts.push({ kind: 'tcp', at, host: address.host ?? '0.0.0.0', port: address.port });
    },
  },
  connect: {
    summary:
      'Where the plain bytes go. A port alone is localhost: 127.0.0.1, then ::1. Names are looked up for each connection.',
    takes: '[host:]port | /path',
    default: '',
    example: 'connect = 80',
    repeatable: true,
    apply(value, draft, problems) {
      const address = parseAddress(value, 1, problems);
      if (address === undefined) return;
      const { at, text } = value;
      if (address.kind === 'unix') {
        draft.connects.push({ ...address, at, text });
        return;
      }
      const host = address.host?.toLowerCase() ?? 'localhost';
      draft.connects.push({
        kind: 'tcp',
        at,
        text: address.host === undefined ? `localhost:${text}` : text,
        hosts: host === 'localhost' ? ['127.0.0.1', '::1'] : [host],
        port: address.port,
      });
    },
  },
  protocol: {
    summary:
      'Tell the server who the client is: the PROXY header as text (proxy) or binary with TLS facts (proxy-v2, ours).',
    takes: 'proxy | proxy-v2',
    default: 'none',
    example: 'protocol = proxy-v2',
    apply(value, draft, problems) {
      if (NEGOTIATED.includes(value.text.toLowerCase())) {
        problems.error(value.at, `not supported yet: protocol ${value.text}`);
        return;
      }
      const word = oneOf(value, ['proxy', 'proxy-v2'], problems);
      if (word !== undefined) draft.proxyProtocol = word === 'proxy-v2' ? 2 : 1;
    },
  },
  failover: {
    summary: 'With several `connect`: the first that answers (prio), or each in turn (rr).',
    takes: 'prio | rr',
    default: 'prio',
    example: 'failover = rr',
    apply(value, draft, problems) {
      draft.failover = oneOf(value, ['prio', 'rr'], problems) ?? draft.failover;
    },
  },
  local: {
    summary: 'Source address of connections to `connect`.',
    takes: 'address',
    default: 'chosen by the kernel',
    example: 'local = 127.0.0.1',
    apply(value, draft, problems) {
      if (isIP(value.text) !== 0) draft.localAddress = value.text;
      else problems.error(value.at, `'${value.text}' is not an IPv4 or IPv6 address`);
    },
  },
  socket: {
    summary: "Socket options: l is the client's side, r the server's, a the listening socket.",
    takes: 'l:TCP_NODELAY=…, r:TCP_NODELAY=…, l:SO_KEEPALIVE=…, r:SO_KEEPALIVE=…, a:SO_REUSEADDR=yes; … is yes or no',
    default: 'TCP_NODELAY on both sides, SO_REUSEADDR when listening',
    example: 'socket = l:SO_KEEPALIVE=yes',
    repeatable: true,
    apply(value, draft, problems) {
      const equals = value.text.indexOf('=');
      const name = value.text.slice(0, equals).trim().toLowerCase();
      const written = value.text.slice(equals + 1).trim();
      const text = written === '1' ? 'yes' : written === '0' ? 'no' : written;
      if (equals === -1) problems.error(value.at, "write the option as 'l:TCP_NODELAY=yes'");
      else if (isSocketSwitch(name))
        draft.sockets[SOCKET_SWITCHES[name]] =
          yesNo({ ...value, text }, problems) ?? draft.sockets[SOCKET_SWITCHES[name]];
      else if (name !== 'a:so_reuseaddr' || text !== 'yes')
        problems.error(value.at, `not supported yet: socket option '${value.text}'`);
    },
  },
} as const satisfies Record<string, ServiceDirective>;
