/** Addresses of connections in both directions, and socket options. */
import { isIP } from 'node:net';
import { connectAddress, parseAddress } from '../address.ts';
import type { ServiceDirective } from '../directive.ts';
import { oneOf } from '../values.ts';
import { applySocketOption } from './socket-options.ts';

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
      'Where the bytes go. A port alone is localhost: 127.0.0.1, then ::1. Names are looked up for each connection. Several are tried as `failover` says.',
    takes: '[host:]port | /path',
    default: '',
    example: 'connect = 80',
    repeatable: true,
    apply(value, draft, problems) {
      const address = connectAddress(value, problems);
      if (address !== undefined) draft.connects.push(address);
    },
  },
  sni: {
    summary:
      'PRIMARY:PATTERN: the service PRIMARY hands the connections to this one whose server name matches; `*` in front stands for any beginning. With `client = yes`: the name that is sent; nothing sends none.',
    takes: 'service:pattern, or with client = yes a name',
    default: 'none; with client = yes the host of `connect`',
    example: 'sni = https:*.example.com',
    repeatable: true,
    apply(value, draft) {
      draft.sni.push(value);
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
    takes: 'address | localhost',
    default: 'chosen by the kernel',
    example: 'local = 127.0.0.1',
    apply(value, draft, problems) {
      const address = value.text.toLowerCase() === 'localhost' ? '127.0.0.1' : value.text;
      if (isIP(address) !== 0) draft.localAddress = address;
      else problems.error(value.at, `'${value.text}' is not an IPv4 or IPv6 address`);
    },
  },
  socket: {
    summary:
      "Socket options: l is the side that connections come from, r the server's, a the listening socket. Linux's other options are accepted and have no effect, for Node.js cannot set them.",
    takes:
      'l: or r: with TCP_NODELAY=…, SO_KEEPALIVE=… (yes or no), TCP_KEEPIDLE=seconds; a:SO_REUSEADDR=yes, a:IPV6_V6ONLY=yes',
    default: 'TCP_NODELAY on both sides, SO_REUSEADDR when listening',
    example: 'socket = l:SO_KEEPALIVE=yes',
    repeatable: true,
    apply: applySocketOption,
  },
} as const satisfies Record<string, ServiceDirective>;
