/** The first packets of an MQTT connection (versions 3.1, 3.1.1 and 5.0): CONNECT of the client, CONNACK of the server. */

const PACKETS = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
];
const [CONNECT, CONNACK] = [1, 2];
const VERSION_5 = 5;
const VERSIONS: ReadonlySet<number> = new Set([3, 4, VERSION_5]);
/** Flags of CONNECT. */
const [RESERVED, WILL, WILL_QOS, WILL_RETAIN, PASSWORD, USERNAME] = [0x01, 0x04, 0x18, 0x20, 0x40, 0x80];

/** How a property of version 5 is written: an integer of so many bytes, a text, or two texts. */
type Form = 1 | 2 | 4 | 'text' | 'pair';

interface Property {
  readonly form: Form;
  /** An integer above this, or a 0 where it is not allowed, is an error. */
  readonly most?: number;
  readonly least?: number;
}

const flag: Property = { form: 1, most: 1 };
const counted: Property = { form: 2, least: 1 };
const text: Property = { form: 'text' };
const user: Property = { form: 'pair' };

type Properties = Readonly<Record<number, Property>>;

/** Properties by their number, of CONNECT, of its last will, and of CONNACK. */
const CONNECT_PROPERTIES: Properties = {
  17: { form: 4 },
  21: text,
  22: text,
  23: flag,
  25: flag,
  33: counted,
  34: { form: 2 },
  38: user,
  39: { form: 4, least: 1 },
};
const WILL_PROPERTIES: Properties = { 1: flag, 2: { form: 4 }, 3: text, 8: text, 9: text, 24: { form: 4 }, 38: user };
const CONNACK_PROPERTIES: Properties = {
  17: { form: 4 },
  18: text,
  19: { form: 2 },
  21: text,
  22: text,
  26: text,
  28: text,
  31: text,
  33: counted,
  34: { form: 2 },
  36: flag,
  37: flag,
  38: user,
  39: { form: 4, least: 1 },
  40: flag,
  41: flag,
  42: flag,
};
const [METHOD, DATA] = [21, 22];

const CONNECT_FIELDS = [
  'flags',
  'protocol_name',
  'protocol_version',
  'client_identifier',
  'will_topic',
  'will_payload',
  'username',
  'password',
  'keepalive',
];
const CONNACK_FIELDS = ['flags', 'protocol_version', 'reason_code'];

type Values = ReadonlyMap<string, string>;

/** What a message is: `more` where its end has not come, `broken` where it is no CONNECT and no CONNACK. */
type Packet = { readonly type: number; readonly values: Values } | 'more' | 'broken';

class Broken extends Error {}
const broken = new Broken('not a valid packet');

/** Reads a packet from its beginning; what is missing is an error, for the length in front of it said that it is there. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  integer(size: 1 | 2 | 4): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw broken;
    return this.#bytes.readUIntBE(at, size);
  }

  text(): string {
    return this.#take(this.integer(2)).toString('latin1');
  }

  /** What a length of variable size says. */
  part(): Reader {
    const length = variableLength(this.#bytes, this.#at);
    if (length === undefined) throw broken;
    this.#at = length.end;
    return new Reader(this.#take(length.value));
  }

  #take(size: number): Buffer {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw broken;
    return this.#bytes.subarray(at, this.#at);
  }
}

/** Seven bits in each byte, the lowest first; the last has its highest bit clear. At most four. */
function variableLength(bytes: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let place = 0; place < 4; place += 1) {
    const byte = bytes[start + place];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** place;
    if (byte < 0x80) return { value, end: start + place + 1 };
  }
  return undefined;
}

function properties(reader: Reader, known: Properties, values: Map<string, string>): void {
  const seen = new Set<number>();
  while (!reader.done) {
    const id = reader.integer(1);
    const property = known[id];
    if (property === undefined || (seen.has(id) && property.form !== 'pair')) throw broken;
    seen.add(id);
    if (property.form === 'pair') {
      reader.text();
      reader.text();
    } else if (property.form === 'text') values.set(String(id), reader.text());
    else {
      const value = reader.integer(property.form);
      if (value > (property.most ?? value) || value < (property.least ?? value)) throw broken;
      values.set(String(id), String(value));
    }
  }
}

/** Integer properties that a packet does not have are 0. */
function withZeros(known: Properties, values: Map<string, string>): void {
  for (const [id, { form }] of Object.entries(known))
    if (typeof form === 'number' && !values.has(id)) values.set(id, '0');
}

function connect(reader: Reader): Values {
  const values = new Map<string, string>();
  const name = reader.text();
  const version = reader.integer(1);
  const flags = reader.integer(1);
  if (!/^(?:mqtt|mqisdp)$/i.test(name) || !VERSIONS.has(version) || (flags & RESERVED) !== 0) throw broken;
  if ((flags & (WILL | WILL_QOS | WILL_RETAIN)) === WILL_QOS) throw broken;
  values.set('protocol_name', name).set('protocol_version', String(version)).set('flags', String(flags));
  values.set('keepalive', String(reader.integer(2)));
  if (version === VERSION_5) {
    properties(reader.part(), CONNECT_PROPERTIES, values);
    withZeros(CONNECT_PROPERTIES, values);
  }
  if ((values.get(String(DATA)) ?? '') !== '' && (values.get(String(METHOD)) ?? '') === '') throw broken;
  values.set('client_identifier', reader.text());
  if ((flags & WILL) !== 0) {
    if (version === VERSION_5) {
      properties(reader.part(), WILL_PROPERTIES, values);
      withZeros(WILL_PROPERTIES, values);
    }
    values.set('will_topic', reader.text()).set('will_payload', reader.text());
  }
  if ((flags & USERNAME) !== 0) values.set('username', reader.text());
  if ((flags & PASSWORD) !== 0) values.set('password', reader.text());
  return values;
}

function connack(reader: Reader): Values {
  const values = new Map<string, string>();
  const flags = reader.integer(1);
  const reason = reader.integer(1);
  if (flags > 1) throw broken;
  // Only version 5 has anything after these two.
  const version = reader.done ? 4 : VERSION_5;
  values.set('flags', String(flags)).set('reason_code', String(reason)).set('protocol_version', String(version));
  if (version === VERSION_5) {
    properties(reader.part(), CONNACK_PROPERTIES, values);
    withZeros(CONNACK_PROPERTIES, values);
  }
  return values;
}

function readPacket(message: string): Packet {
  const bytes = Buffer.from(message, 'latin1');
  const first = bytes[0];
  if (first === undefined || bytes.length < 2) return 'more';
  const type = first >> 4;
  if ((first & 0x0f) !== 0 || (type !== CONNECT && type !== CONNACK)) return 'broken';
  const length = variableLength(bytes, 1);
  if (length === undefined) return bytes.length < 5 ? 'more' : 'broken';
  if (bytes.length - length.end < length.value) return 'more';
  const reader = new Reader(bytes.subarray(length.end, length.end + length.value));
  try {
    const values = type === CONNECT ? connect(reader) : connack(reader);
    return reader.done ? { type, values } : 'broken';
  } catch (error) {
    if (error instanceof Broken) return 'broken';
    throw error;
  }
}

/** The number of a kind of packet, by that number or its name; undefined: it is neither. */
export function mqttPacket(name: string): number | undefined {
  const type = /^\d{1,2}$/.test(name) ? Number(name) : PACKETS.indexOf(name.toLowerCase()) + 1;
  return type >= 1 && type <= PACKETS.length ? type : undefined;
}

/** Whether packets of this kind have such a field, or a property with this number. */
export function hasMqttField(type: number, name: string): boolean {
  const property = /^\d{1,2}$/.test(name) ? Number(name) : undefined;
  if (type === CONNACK)
    return property === undefined ? CONNACK_FIELDS.includes(name.toLowerCase()) : property in CONNACK_PROPERTIES;
  if (type !== CONNECT) return false;
  if (property === undefined) return CONNECT_FIELDS.includes(name.toLowerCase());
  return property in CONNECT_PROPERTIES || property in WILL_PROPERTIES;
}

/** The value of a field of a packet; undefined: this is no such packet, or the field is empty. */
export function mqttValue(message: string, type: number, name: string): string | undefined {
  const packet = readPacket(message);
  if (typeof packet === 'string' || packet.type !== type) return undefined;
  return packet.values.get(name.toLowerCase()) || undefined;
}

/** Whether a message begins with a valid CONNECT or CONNACK; undefined: more of it is needed. */
export function isMqtt(message: string): boolean | undefined {
  const packet = readPacket(message);
  return packet === 'more' ? undefined : packet !== 'broken';
}
