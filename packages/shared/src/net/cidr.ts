import ipaddr from 'ipaddr.js';

/** A network: every address whose first `bits` bits are those of `address`. */
export interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/**
 * Reads an address or a network as HAProxy writes it (configuration manual §7.1.6): `10.0.0.1`, `10.0.0.0/8`,
 * `10.0.0.0/255.0.0.0`, `fd00::/8`, and the short forms, whose missing middle bytes are zero (`127.1`, `10.12/8`).
 * Bits beyond the prefix are ignored. Undefined for anything else, including octal-looking bytes (`010.0.0.1`).
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
 * A test for membership of any of the networks, by `narrowest`. Neighbouring requests mostly share a connection, so the last result
 * is cached.
 */
export function inAny(networks: readonly Cidr[]): (address: string) => boolean {
  const find = narrowest(networks);
  let lastAddress = '';
  let lastAnswer = false;
  return (text) => {
    if (text === lastAddress) return lastAnswer;
    lastAnswer = find(text) >= 0;
    lastAddress = text;
    return lastAnswer;
  };
}

/**
 * Finds the narrowest network that contains an address, the first of equal ones: its index, or -1 when none does or the text is
 * not an address. An IPv4 address is looked for in IPv6 networks as `::ffff:a.b.c.d`; an IPv6 address in IPv4 networks when it carries one
 * (mapped, compatible or 6to4), as HAProxy does. The search is binary.
 */
export function narrowest(networks: readonly Cidr[]): (address: string) => number {
  const spans = networks.map(spanOf);
  const v4 = new Spans(spans.filter((_, place) => networks[place]?.address instanceof ipaddr.IPv4));
  const v6 = new Spans(spans.filter((_, place) => networks[place]?.address instanceof ipaddr.IPv6));
  return (text) => {
    const address = parseAddress(text);
    if (address === undefined) return -1;
    const short = address instanceof ipaddr.IPv4 ? address : embeddedV4(address);
    const long = address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
    const one = short === undefined ? undefined : v4.holding(short);
    const other = v6.holding(long);
    if (one === undefined || other === undefined) return (one ?? other)?.place ?? -1;
    const first = one.bits === other.bits ? one.place < other.place : one.bits > other.bits;
    return first ? one.place : other.place;
  };
}

/** A network by its lowest and highest address, as numbers. `bits` counts an IPv4 network as the IPv6 one it is mapped to. */
interface Span {
  readonly low: bigint;
  readonly high: bigint;
  readonly bits: number;
  readonly place: number;
}

function spanOf({ address, bits }: Cidr, place: number): Span {
  const width = address.kind() === 'ipv4' ? 32 : 128;
  const rest = BigInt(width - bits);
  const low = (numberOf(address) >> rest) << rest;
  return { low, high: low + (1n << rest) - 1n, bits: bits + 128 - width, place };
}

/** Networks of one family are nested or disjoint, so the one that contains an address is the last to begin before it, or an enclosing one. */
class Spans {
  readonly #spans: readonly Span[];
  /** For each network the narrowest one enclosing it, or -1. */
  readonly #around: Int32Array;

  constructor(spans: readonly Span[]) {
    const sorted = spans.toSorted((a, b) => order(a.low, b.low) || order(b.high, a.high));
    this.#spans = sorted.filter(({ low, high }, at) => low !== sorted[at - 1]?.low || high !== sorted[at - 1]?.high);
    this.#around = new Int32Array(this.#spans.length);
    const open: number[] = [];
    for (const [at, { low }] of this.#spans.entries()) {
      while (open.length > 0 && (this.#spans[open.at(-1) ?? 0]?.high ?? low) < low) open.pop();
      this.#around[at] = open.at(-1) ?? -1;
      open.push(at);
    }
  }

  holding(address: ipaddr.IPv4 | ipaddr.IPv6): Span | undefined {
    let low = 0;
    let high = this.#spans.length;
    if (high === 0) return undefined;
    const number = numberOf(address);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#spans[middle]?.low ?? number) <= number) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    while (at >= 0 && (this.#spans[at]?.high ?? number) < number) at = this.#around[at] ?? -1;
    return this.#spans[at];
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
