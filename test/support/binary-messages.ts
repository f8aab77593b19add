/** Messages of MQTT, FIX and Protocol Buffers, valid and broken, and what samples make of them. */

type Bytes = readonly (string | number | Buffer)[];

function bytes(...parts: Bytes): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.from([part]) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
}

// ---- MQTT ----------------------------------------------------------------------------------------

function text(value: string): Buffer {
  return bytes(value.length >> 8, value.length & 0xff, value);
}

function packet(first: number, ...body: Bytes): Buffer {
  const content = bytes(...body);
  return content.length < 128
    ? bytes(first, content.length, content)
    : bytes(first, (content.length & 0x7f) | 0x80, content.length >> 7, content);
}

function part(...body: Bytes): Buffer {
  const content = bytes(...body);
  return bytes(content.length, content);
}

const connect = packet(0x10, text('MQTT'), 4, 0xc2, 0, 60, text('sensor-7'), text('ann'), text('pw'));
const properties = [
  bytes(17, 0, 0, 0, 120),
  bytes(33, 0, 20),
  bytes(25, 1),
  bytes(38, text('k'), text('v')),
  bytes(21, text('SCRAM')),
  bytes(22, text('xyz')),
];
const will = [bytes(24, 0, 0, 0, 5), bytes(1, 1), bytes(3, text('text/plain')), bytes(8, text('re/ply'))];
const connect5 = packet(
  0x10,
  text('MQTT'),
  5,
  0x06,
  0,
  30,
  part(...properties),
  text('boat'),
  part(...will),
  text('last/will'),
  text('bye'.repeat(20)),
);
const connack = packet(0x20, 0, 0);
const connack5 = packet(0x20, 1, 0, part(18, text('given'), 36, 1, 31, text('fine')));

const mqttMessages: readonly Buffer[] = [
  connect,
  connect5,
  connack,
  connack5,
  bytes(connect, 0xc0, 0),
  connect.subarray(0, -3),
  bytes(0x10),
  // Flags, a packet of another kind, another protocol, a longer and a shorter body than announced, an unknown and a repeated property
  bytes(0x11, connect.subarray(1)),
  packet(0x30, text('topic')),
  bytes('GET / HTTP/1.1\r\n'),
  packet(0x20, 2, 0),
  packet(0x10, text('MQTT'), 4, 2, 0, 60, text('a'), 0),
  packet(0x10, text('MQTT'), 4, 2, 0, 60),
  packet(0x10, text('MQTT'), 6, 2, 0, 60, text('a')),
  packet(0x10, text('MQTT'), 4, 3, 0, 60, text('a')),
  packet(0x10, text('MQTT'), 4, 8, 0, 60, text('a')),
  packet(0x10, text('MQTT'), 5, 2, 0, 60, part(99, 1), text('a')),
  packet(0x10, text('MQTT'), 5, 2, 0, 60, part(25, 1, 25, 1), text('a')),
  packet(0x10, text('MQTT'), 5, 2, 0, 60, part(22, text('data')), text('a')),
  packet(0x10, text('MQTT'), 5, 2, 0, 60, part(33, 0, 0), text('a')),
  packet(0x10, text('MQIsdp'), 3, 2, 0, 60, text('a')),
  bytes(0x10, 0x80, 0x80, 0x80, 0x80, 1, 0),
];

// ---- FIX -----------------------------------------------------------------------------------------

function fix(version: string, fields: string): Buffer {
  const body = fields.replaceAll('|', '\u0001');
  const start = bytes(`8=${version}\u00019=${body.length}\u0001${body}`);
  const sum = start.reduce((total, byte) => total + byte, 0) % 256;
  return bytes(start, `10=${String(sum).padStart(3, '0')}\u0001`);
}

const order = fix('FIX.4.2', '35=A|49=BUYER|56=SELLER|34=1|98=0|');
const fixMessages: readonly Buffer[] = [
  order,
  order.subarray(0, -1),
  order.subarray(0, 20),
  bytes(order, '8='),
  bytes(order.subarray(0, -4), '999\u0001'),
  fix('FIX.4.9', '35=A|49=BUYER|56=S|'),
  fix('FIXT.1.1', '35=A|49=BUYER|15000=x|'),
  fix('FIXT.1.1', '35=A|9999=BUYER|'),
  fix('FIX.4.0', '49=A|35=BUYER|56=S|'),
  fix('FIX.4.4', '35=A|49=|56=SELLER|'),
  fix('FIX.4.4', '35=A|x=1|56=SELLER|'),
];

// ---- Protocol Buffers ----------------------------------------------------------------------------

const inner = bytes(0x08, 0x96, 0x01, 0x12, 5, 'hello');
const least = Buffer.from('feffffffffffffffff01', 'hex');
const record = bytes(
  0x0a,
  2,
  'ab',
  0x10,
  least,
  0x18,
  3,
  0x25,
  Buffer.from('00286bee', 'hex'),
  0x2d,
  Buffer.from('00003040', 'hex'),
  0x31,
  Buffer.from('f7ffffffffffffff', 'hex'),
  0x39,
  Buffer.from('00000000000006c0', 'hex'),
  0x42,
  inner.length,
  inner,
);
const call = bytes(0, 0, 0, 0, inner.length, inner);

function of(message: Buffer, steps: string): string {
  return `bin(${message.toString('hex')}),${steps}`;
}

const CONNECT_FIELDS =
  `flags protocol_name protocol_version client_identifier USERNAME password keepalive will_topic will_payload
  17 33 34 39 25 23 21 22 24 1 2 3 8 9 38`.split(/\s+/);
const CONNACK_FIELDS = 'flags reason_code protocol_version 17 18 19 21 28 31 33 36 37 38 40'.split(' ');
const PROTOBUF_FIELDS =
  `2,int64 2,uint32 2,sint64 3,bool 3,enum 3,sint32 3,fixed32 4,fixed32 4,sfixed32 5,float 6,fixed64 6,sfixed64
  7,double 1,int32 8.1,int32 8.1,uint64 9,int32`.split(/\s+/);

export const messageExpressions: readonly string[] = [
  ...mqttMessages.map((message) => of(message, 'mqtt_is_valid')),
  ...[connect, connect5].flatMap((message) =>
    CONNECT_FIELDS.map((field) => of(message, `mqtt_field_value(connect,${field})`)),
  ),
  ...[connack, connack5].flatMap((message) =>
    CONNACK_FIELDS.map((field) => of(message, `mqtt_field_value(2,${field})`)),
  ),
  of(connack, 'mqtt_field_value(connect,flags)'),
  ...fixMessages.map((message) => of(message, 'fix_is_valid')),
  ...['49', 'MsgType', 'targetcompid', 'CheckSum', '7'].map((tag) => of(order, `fix_tag_value(${tag})`)),
  ...PROTOBUF_FIELDS.map((field) => of(record, `protobuf(${field})`)),
  ...['1', '2', '3', '4', '6', '8', '8.2', '8.9', '9'].map((field) => of(record, `protobuf(${field}),hex`)),
  of(record.subarray(0, -1), 'protobuf(8.2),hex'),
  of(call, 'ungrpc(2)'),
  of(call, 'ungrpc(1,int32)'),
  of(bytes(call, call), 'ungrpc(2)'),
  of(call.subarray(0, -1), 'ungrpc(2)'),
];
