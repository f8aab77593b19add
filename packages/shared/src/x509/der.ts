/** Reads and writes ASN.1 in its distinguished encoding (X.690), as far as certificates and what belongs to them need it. Pure. */

export interface Element {
  /** The identifier byte: 0x30 a SEQUENCE, 0xa0 the context tag 0 around something. */
  readonly tag: number;
  /** The contents. */
  readonly value: Buffer;
  /** With identifier and length. */
  readonly raw: Buffer;
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The element at `offset`. Throws a RangeError when there is none, or when it runs over the end. */
export function readDer(bytes: Buffer, offset = 0): Element {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new RangeError('the encoding ends too early');
  const size = first < 128 ? 0 : first & 127;
  if (size > 4 || first === 128) throw new RangeError('a length of an unknown form');
  const start = offset + 2 + size;
  const length = size === 0 ? first : bytes.readUIntBE(offset + 2, size);
  if (start + length > bytes.length) throw new RangeError('a length points beyond the end');
  return { tag, value: bytes.subarray(start, start + length), raw: bytes.subarray(offset, start + length) };
}

/** The elements one after the other, at most a thousand: no certificate has more in one place. */
export function readDerList(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const element = readDer(bytes, offset);
    elements.push(element);
    offset += element.raw.length;
    if (elements.length > 1000) throw new RangeError('more elements than there can be');
  }
  return elements;
}

/** An element of these contents. */
export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const value = Buffer.concat(contents);
  const { length } = value;
  const size = length < 128 ? 0 : length < 256 ? 1 : length < 65_536 ? 2 : 3;
  const head = Buffer.alloc(2 + size);
  head[0] = tag;
  head[1] = size === 0 ? length : 128 | size;
  if (size > 0) head.writeUIntBE(length, 2, size);
  return Buffer.concat([head, value]);
}

/** `2.5.4.3` as an element. */
export function derOid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((number) => {
    const digits = [number & 127];
    for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 127) | 128);
    return digits;
  });
  return der(derTag.oid, Buffer.from(bytes));
}

/** The dotted form of an object identifier's contents. */
export function oidText(value: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of value) {
    number = number * 128 + (byte & 127);
    if (byte >= 128) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(number / 40));
      numbers.push(first, number - first * 40);
    } else numbers.push(number);
    number = 0;
  }
  return numbers.join('.');
}

/** UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5); undefined for another form. */
export function derTime({ tag, value }: Element): Date | undefined {
  const text = value.toString('latin1');
  const [, year = '', rest = ''] =
    (tag === derTag.utcTime ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})(?:\.\d+)?Z$/).exec(text) ?? [];
  if (rest === '') return undefined;
  const century = tag === derTag.utcTime ? (Number(year) < 50 ? '20' : '19') : '';
  const [month, day, hour, minute, second] = rest.match(/\d\d/g) ?? [];
  const date = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
