import ipaddr from 'ipaddr.js';

/** A network: every address whose first `bits` bits are those of `address`. */
export interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/**
 * Reads an address or a network as HAProxy writes it (configuration manual §7.1.6): `10.0.0.1`, `10.0.0.0/8`,
 * `10.0.0.0/255.0.0.0`, `fd00::/8`, and the short forms, whose missing middle bytes are zero (`127.1`, `10.12/8`).
 * Bits beyond the prefix are ignored. Undefined for anything else, also octal-looking bytes (`010.0.0.1`).
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(fillMiddle(slash < 0 ? text : text.slice(0, slash)));
  if (address === undefined) return undefined;
  const widest = address.kind() === 'ipv4' ? 32 : 128;
  if (slash < 0) return { address, bits: widest };
  const bits = prefixLength(text.slice(slash + 1));
  return bits === undefined || bits > widest ? undefined : { address, bits };
}

/**
 * A test for membership of any of the networks. An IPv4 address is looked for in IPv6 networks as `::ffff:a.b.c.d`;
 * an IPv6 address in IPv4 networks when it carries one (mapped, compatible or 6to4), as HAProxy does.
 * Not an address: false. However many networks there are, the search is binary. Neighbouring requests mostly share a connection,
 * so the last answer is remembered.
 */
export function inAny(networks: readonly Cidr[]): (address: string) => boolean {
  const v4 = new Spans(networks.filter(({ address }) => address instanceof ipaddr.IPv4).map(spanOf));
  const v6 = new Spans(networks.filter(({ address }) => address instanceof ipaddr.IPv6).map(spanOf));
  let lastAddress = '';
  let lastAnswer = false;
  return (text) => {
    if (text === lastAddress) return lastAnswer;
    const address = parseAddress(text);
    lastAnswer = address !== undefined && (inV4(v4, address) || inV6(v6, address));
    lastAddress = text;
    return lastAnswer;
  };
}

function inV4(spans: Spans, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (spans.isEmpty) return false;
  const v4 = address instanceof ipaddr.IPv4 ? address : embeddedV4(address);
  return v4 !== undefined && spans.hold(numberOf(v4));
}

function inV6(spans: Spans, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (spans.isEmpty) return false;
  return spans.hold(numberOf(address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address));
}

/** Addresses from the lowest to the highest of a network, as numbers. */
interface Span {
  readonly low: bigint;
  readonly high: bigint;
}

function spanOf({ address, bits }: Cidr): Span {
  const rest = BigInt((address.kind() === 'ipv4' ? 32 : 128) - bits);
  const low = (numberOf(address) >> rest) << rest;
  return { low, high: low + (1n << rest) - 1n };
}

/** Networks lie within each other or apart: those within another are dropped, and one at most can hold an address. */
class Spans {
  readonly #spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    const outer: Span[] = [];
    for (const span of spans.toSorted((a, b) => order(a.low, b.low) || order(b.high, a.high))) {
      const last = outer.at(-1);
      if (last === undefined || span.low > last.high) outer.push(span);
    }
    this.#spans = outer;
  }

  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  hold(address: bigint): boolean {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const span = this.#spans[middle];
      if (span === undefined) return false;
      if (address < span.low) high = middle;
      else if (address > span.high) low = middle + 1;
      else return true;
    }
    return false;
  }
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberOf(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The IPv4 address inside `::ffff:a.b.c.d`, `::a.b.c.d` or `2002:aabb:ccdd::/48`. */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  const zeros = bytes.findIndex((byte) => byte !== 0);
  if (address.isIPv4MappedAddress() || zeros >= 12 || zeros < 0) return new ipaddr.IPv4(bytes.slice(12));
  return bytes[0] === 0x20 && bytes[1] === 0x02 ? new ipaddr.IPv4(bytes.slice(2, 6)) : undefined;
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

/** `127.1` is 127.0.0.1, `10.12` is 10.0.0.12 and `5` is 0.0.0.5: the last number is the last byte. */
function fillMiddle(text: string): string {
  const parts = text.split('.');
  if (parts.length > 3 || !parts.every((part) => /^\d{1,3}$/.test(part))) return text;
  const last = parts.pop() ?? '';
  while (parts.length < 3) parts.push('0');
  return [...parts, last].join('.');
}

function prefixLength(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const mask = parseAddress(text);
  return mask instanceof ipaddr.IPv4 ? (mask.prefixLengthFromSubnetMask() ?? undefined) : undefined;
}
