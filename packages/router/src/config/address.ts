import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Word } from '@headgate/shared/config/raw';
import { expandAddress } from '@headgate/shared/config/words';
import type { Context } from './directive.ts';

/** In front of the name of an abstract unix socket. */
const ABSTRACT = 'abns@';

export type Address =
  /** `host` is '' for every address; `port` is undefined when none was written; `last` ends a range. */
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number | undefined;
      readonly last: number | undefined;
      /** `:+8000`: a port counted from the client's. */
      readonly offset?: number;
    }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'error'; readonly message: string };

const FAMILIES = ['ip@', 'ipv4@', 'ipv6@', 'tcp@', 'tcp4@', 'tcp6@', 'udp@', 'udp4@', 'udp6@'] as const;
/** In front of the path of a unix socket. */
const UNIX = ['unix@', 'uxst@', 'uxdg@'] as const;
const DATAGRAMS = /^(?:dgram\+|udp[46]?@|uxdg@)/;
/** Longest path that fits in sun_path on Linux, without its final zero. */
const MAX_UNIX_PATH = 107;

/**
 * Reads an address as HAProxy writes it (configuration manual §11): `host:port`, `*:80`, `:80`, `[::1]:80`, `:::80`, `ipv6@:80`,
 * `10.0.0.1:8000-8010`, `/run/x.sock`, `unix@/run/x.sock`, `abns@x`, `tcp4@…`, `stream+ipv4@…`. `offsets` allows `10.0.0.1:+8000`. The port follows the last colon.
 */
export function parseAddress(written: string, { offsets = false, datagrams = false }: Reading = {}): Address {
  if (!datagrams && DATAGRAMS.test(written))
    return { kind: 'error', message: `'${written}' is for datagrams, and this is a connection` };
  const text = written.replace(/^(?:stream|dgram)\+/, '');
  const socket = UNIX.find((prefix) => text.startsWith(prefix));
  if (socket !== undefined) return unix(text.slice(socket.length));
  if (text.startsWith('/')) return unix(text);
  const url = /^https?:\/\/([^/]*)/.exec(text);
  if (url !== null)
    return { kind: 'error', message: `'${text}' is a URL, and an address is host:port: write ${url[1]}` };
  if (text.startsWith(ABSTRACT)) return abstract(text);
  const unsupported = /^(abnsz|fd|sockpair|quic[46]?|rhttp|mptcp[46]?)@/.exec(text);
  if (unsupported !== null) return { kind: 'error', message: `not supported yet: ${unsupported[0]} addresses` };
  const family = FAMILIES.find((prefix) => text.startsWith(prefix));
  const address = tcp(text.slice(family?.length ?? 0), family?.includes('6') === true, offsets);
  return family === undefined || address.kind !== 'tcp' ? address : ofFamily(address, family);
}

/** Parses a word as an address, with its variables expanded; undefined after a problem. */
export function readAddress(
  written: Word,
  { problems, io }: Pick<Context, 'problems' | 'io'>,
  reading: Reading = {},
): Found | undefined {
  const word = expandAddress(written, (name) => io.environment?.(name));
  const { blank } = word;
  if (blank?.set === false) {
    problems.error(word.at, `environment variable ${blank.name} is not set, and this address needs it`);
    return undefined;
  }
  const address = parseAddress(word.text, reading);
  if (blank !== undefined && address.kind === 'tcp' && (address.host === '' || address.host === '::'))
    problems.warning(word.at, `environment variable ${blank.name} is empty: '${word.text}' is every address`);
  return { word, address };
}

/** An address that says which version of IP it is of has to be one. */
function ofFamily(address: Extract<Address, { kind: 'tcp' }>, family: string): Address {
  const { host } = address;
  const [wrong, version] = family.includes('6') ? [isIPv4(host), 6] : [family.includes('4') && isIPv6(host), 4];
  return wrong && host !== '' ? { kind: 'error', message: `'${host}' is not an IPv${version} address` } : address;
}

/** What an address is read as. */
interface Reading {
  /** Whether its port may be counted from the client's: `:+8000`. */
  readonly offsets?: boolean;
  /** Whether datagrams can be sent to it: those of logs and name servers. */
  readonly datagrams?: boolean;
}

interface Found {
  /** The address text after expansion. */
  readonly word: Word;
  readonly address: Address;
}

function unix(path: string): Address {
  if (path === '') return { kind: 'error', message: 'a unix socket needs a path' };
  if (Buffer.byteLength(path) > MAX_UNIX_PATH)
    return { kind: 'error', message: `a unix socket's path has at most ${MAX_UNIX_PATH} bytes` };
  return { kind: 'unix', path };
}

/** A socket of Linux whose name is in no directory. */
function abstract(text: string): Address {
  const name = text.slice(ABSTRACT.length);
  if (process.platform !== 'linux') return { kind: 'error', message: `${ABSTRACT} addresses exist on Linux alone` };
  if (!/^[\x21-\x7e]+$/.test(name)) return { kind: 'error', message: `${ABSTRACT} needs a name in ASCII` };
  if (name.length > MAX_UNIX_PATH)
    return { kind: 'error', message: `an abstract name has at most ${MAX_UNIX_PATH} bytes` };
  return { kind: 'unix', path: text };
}

function tcp(text: string, ipv6: boolean, offsets: boolean): Address {
  const found = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? /^(.*):([^:]*)$/.exec(text);
  const written = found === null ? text : (found[1] ?? '');
  const host = written === '*' || written === '' ? (ipv6 ? '::' : '') : written;
  if (!validHost(host, text.startsWith('['))) return { kind: 'error', message: `'${text}' is not an address` };
  const ports = found?.[2];
  if (ports === undefined || ports === '') return { kind: 'tcp', host, port: undefined, last: undefined };
  if (offsets && /^[+-]\d{1,5}$/.test(ports))
    return { kind: 'tcp', host, port: undefined, last: undefined, offset: Number(ports) };
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
  const port = Number(range?.[1]);
  const last = range?.[2] === undefined ? undefined : Number(range[2]);
  if (range === null || port > 65_535 || (last ?? port) > 65_535)
    return { kind: 'error', message: `'${ports}' is not a port` };
  if (last !== undefined && last < port)
    return { kind: 'error', message: `the port range '${ports}' ends before it begins` };
  return { kind: 'tcp', host, port, last };
}

function validHost(host: string, bracketed: boolean): boolean {
  if (host === '') return !bracketed;
  if (bracketed || host.includes(':')) return isIPv6(host);
  if (/^[\d.]+$/.test(host)) return isIPv4(host);
  return isIP(host) !== 0 || /^[A-Za-z0-9_]([A-Za-z0-9_.-]*)$/.test(host);
}
