import { isIPv6 } from 'node:net';
import type { ConnectAddress } from '../model/snapshot.ts';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { parseInteger } from '@headgate/shared/config/units';
import { servicePort } from './service-ports.ts';

/** `[host:]port` or `/path` as written; `host` is undefined when only a port was given. */
export type WrittenAddress =
  | { readonly kind: 'tcp'; readonly host: string | undefined; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** sun_path holds 108 bytes on Linux, the last of them zero. */
const MAX_UNIX_PATH = 107;

/**
 * Reads `[host:]port | /path`, stunnel's form: the last colon splits, so `:::443` is the address `::`.
 * `[::1]:443` is taken too. Undefined when a problem was reported.
 */
export function parseAddress(value: Word, minPort: number, problems: Problems): WrittenAddress | undefined {
  const { text, at } = value;
  if (text.startsWith('/')) {
    if (Buffer.byteLength(text) <= MAX_UNIX_PATH) return { kind: 'unix', path: text };
    problems.error(at, `this socket path is longer than ${MAX_UNIX_PATH} bytes`);
    return undefined;
  }
  const colon = text.lastIndexOf(':');
  const portText = text.slice(colon + 1);
  const port = portOf(portText, minPort);
  if (port === undefined) {
    problems.error(at, `'${text}' needs a port between ${minPort} and 65535, as in '443' or '127.0.0.1:8443'`);
    return undefined;
  }
  if (colon === -1) return { kind: 'tcp', host: undefined, port };
  const host = bareHost(text.slice(0, colon));
  if (host !== undefined) return { kind: 'tcp', host, port };
  problems.error(at, `'${text.slice(0, colon)}' is neither a host name nor an address`);
  return undefined;
}

function portOf(text: string, min: number): number | undefined {
  const parsed = parseInteger(text, min, 65_535);
  return 'value' in parsed ? parsed.value : servicePort(text);
}

function bareHost(text: string): string | undefined {
  const inner = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (inner.includes(':')) return isIPv6(inner) ? inner : undefined;
  return /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/.test(inner) ? inner : undefined;
}

/**
 * Reads the value of `connect`. A port alone is localhost, on IPv4 first: stunnel tries ::1 first and logs an error for each
 * connection. A port name that /etc/services does not have is looked up for each connection by stunnel, which starts all the
 * same: here it starts with a warning, and connections fail.
 */
export function connectAddress(value: Word, problems: Problems): ConnectAddress | undefined {
  const { text, at } = value;
  const unknown = /^(.*:)?([a-z][a-z0-9-]*)$/i.exec(text);
  const named = unknown !== null && servicePort(unknown[2] ?? '') === undefined && unknown[1] !== undefined;
  const read = named ? { ...value, text: `${unknown[1]}1` } : value;
  const address = parseAddress(read, 1, problems);
  if (address === undefined) return undefined;
  if (address.kind === 'unix') return { ...address, at, text };
  if (named) problems.warning(at, `/etc/services has no port '${unknown[2]}': connections to it fail until it does`);
  const host = address.host?.toLowerCase() ?? 'localhost';
  return {
    kind: 'tcp',
    at,
    text: address.host === undefined ? `localhost:${text}` : text,
    hosts: host === 'localhost' ? ['127.0.0.1', '::1'] : [host],
    port: named ? 0 : address.port,
  };
}
