import { oneOf, optional, required } from '../arguments.ts';
import type { Args, Argument } from '../arguments.ts';
import { fixTag, fixValue, isFix } from '../message/fix.ts';
import { hasMqttField, isMqtt, mqttPacket, mqttValue } from '../message/mqtt.ts';
import { grpcValue, protobufTypes, protobufValue } from '../message/protobuf.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';
import type { Typed } from '../../model/values.ts';

/** Numbers of fields of Protocol Buffers have 29 bits. */
const FIELD = /^\d{1,9}(?:\.\d{1,9}){0,31}$/;

const protobufArguments: readonly Argument[] = [
  required('field', (text) =>
    FIELD.test(text) ? undefined : `'${text}' is not the number of a field, such as 3, or 1.3 for field 3 in field 1`,
  ),
  optional('type', oneOf(...protobufTypes)),
];

type Lookup = (message: string, path: readonly number[], type: string | undefined) => Typed | undefined;

function protobuf(doc: string, example: string, find: Lookup): Converter {
  return {
    from: 'bin',
    to: 'any',
    args: protobufArguments,
    doc,
    example,
    compile(args: Args) {
      const path = args.text(0).split('.').map(Number);
      const type = args.has(1) ? args.text(1) : undefined;
      return onText((message) => find(message, path, type));
    },
  };
}

/** Binary messages that are not HTTP: in mode tcp of `req.payload(0,0)`, in mode http of `req.body` (HAProxy manual §7.3.1). */
export const messages: Readonly<Record<string, Converter>> = {
  mqtt_is_valid: {
    from: 'bin',
    to: 'bool',
    doc: 'True when the bytes begin with a valid CONNECT or CONNACK of MQTT 3.1, 3.1.1 or 5.0; no value while more of it is needed.',
    example: 'req.payload(0,0),mqtt_is_valid',
    compile: () => onText(isMqtt),
  },
  mqtt_field_value: {
    from: 'bin',
    to: 'bin',
    args: [
      required('packet', (text) =>
        mqttPacket(text) === undefined ? `'${text}' is not a packet of MQTT: connect or connack` : undefined,
      ),
      required('field'),
    ],
    doc: 'A field of an MQTT connect or connack, by its name (client_identifier, username), or a property of MQTT 5.0 by its number.',
    example: 'req.payload(0,0),mqtt_field_value(connect,client_identifier)',
    compile(args) {
      const [packet, field] = [args.text(0), args.text(1)];
      const type = mqttPacket(packet) ?? 0;
      if (!hasMqttField(type, field)) return `'${field}' is not a field or property of ${packet} that can be read`;
      return onText((message) => mqttValue(message, type, field));
    },
  },
  fix_is_valid: {
    from: 'bin',
    to: 'bool',
    doc: 'True when the bytes begin with a valid FIX message, its length and checksum included; no value while more of it is needed.',
    example: 'req.payload(0,0),fix_is_valid',
    compile: () => onText(isFix),
  },
  fix_tag_value: {
    from: 'bin',
    to: 'bin',
    args: [
      required('tag', (text) =>
        fixTag(text) === undefined
          ? `'${text}' is not a tag of FIX: its number, or BeginString, BodyLength, CheckSum, MsgType, SenderCompID or TargetCompID`
          : undefined,
      ),
    ],
    doc: 'The value of a tag of a FIX message, by its number or name.',
    example: 'req.payload(0,0),fix_tag_value(MsgType)',
    compile(args) {
      const tag = fixTag(args.text(0)) ?? 0;
      return onText((message) => fixValue(message, tag));
    },
  },
  protobuf: protobuf(
    'A field of a message of Protocol Buffers, by its number, or those on the way to it: its bytes, or with a type an integer.',
    'req.body,protobuf(1.3,int32)',
    protobufValue,
  ),
  ungrpc: protobuf(
    'A field of the messages of a gRPC body, as protobuf: its bytes, or with a type an integer.',
    'req.body,ungrpc(1.3)',
    grpcValue,
  ),
};
