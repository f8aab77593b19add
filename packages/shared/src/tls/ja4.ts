import { createHash } from 'node:crypto';
import type { ClientHello } from './client-hello.ts';

const SERVER_NAME = 0;
const ALPN = 16;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
]);

/**
 * The JA4 fingerprint of a client (FoxIO, "JA4: TLS Client Fingerprinting"): what its ClientHello says of it, whatever the order of extensions, which
 * browsers change with each connection. `t13d1516h2_8daaf6152771_e5627efa2ab1` is a Chrome.
 */
export function ja4Of({ version, protocols, offers }: Omit<ClientHello, 'serverName'>): string {
  const suites = offers.suites.filter(isReal);
  const extensions = offers.extensions.filter(isReal);
  const versions = offers.versions.filter(isReal);
  const newest = versions.length === 0 ? version : Math.max(...versions);
  const start = [
    't',
    VERSIONS.get(newest) ?? '00',
    extensions.includes(SERVER_NAME) ? 'd' : 'i',
    counted(suites),
    counted(extensions),
    protocolOf(protocols),
  ].join('');
  const others = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const signatures = offers.signatures.filter(isReal);
  const rest = listed(sorted(others)) + (signatures.length === 0 ? '' : `_${listed(signatures)}`);
  return `${start}_${hashed(listed(sorted(suites)))}_${others.length === 0 ? hashed('') : hashed(rest)}`;
}

/** Reserved values that clients send to keep servers tolerant (GREASE, RFC 8701) say nothing of them. */
function isReal(value: number): boolean {
  return (value & 0x0f0f) !== 0x0a0a || value >>> 8 !== (value & 0xff);
}

function counted(list: readonly number[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0');
}

/** The first and the last character of the first protocol, or of its hexadecimal digits. */
function protocolOf([first = '']: readonly string[]): string {
  if (first === '') return '00';
  const isPlain = /^[0-9a-z]/i.test(first) && /[0-9a-z]$/i.test(first);
  const text = isPlain ? first : Buffer.from(first, 'latin1').toString('hex');
  return `${text[0]}${text.at(-1)}`;
}

function sorted(list: readonly number[]): readonly number[] {
  return list.toSorted((one, other) => one - other);
}

function listed(list: readonly number[]): string {
  return list.map((value) => value.toString(16).padStart(4, '0')).join(',');
}

function hashed(text: string): string {
  return text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12);
}
