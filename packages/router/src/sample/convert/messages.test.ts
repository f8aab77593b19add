import assert from 'node:assert/strict';
import test from 'node:test';
import { evaluationOf } from '../../rules/testing.ts';
import { Args } from '../arguments.ts';
import { messages } from './messages.ts';

/** The converter's value, or why its arguments are wrong. */
function convert(name: string, texts: readonly string[], message: string): unknown {
  const step = messages[name]?.compile(new Args(texts, { readFile: () => undefined }));
  return typeof step === 'function' ? step(message, evaluationOf()) : step;
}

test('every beginning of a packet needs more of it, and none is invalid', () => {
  const connect = '\x10\x14\x00\x04MQTT\x04\x02\x00\x3c\x00\x08sensor-7';
  for (let length = 0; length < connect.length; length += 1)
    assert.equal(convert('mqtt_is_valid', [], connect.slice(0, length)), undefined, `${length} bytes`);
  assert.equal(convert('mqtt_is_valid', [], connect), true);
  assert.equal(convert('mqtt_field_value', ['connect', 'client_identifier'], connect), 'sensor-7');
});

test('bytes of any kind are no reason to throw', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >> 8;
  for (let round = 0; round < 2000; round += 1) {
    const size = random() % 60;
    const noise = Array.from({ length: size }, () => String.fromCharCode(random() & 0xff)).join('');
    const message = ['', '\x10', '\x20', '8=FIX.4.2\x01', '\x0a'][round % 5] + noise;
    for (const [name, texts] of [
      ['mqtt_is_valid', []],
      ['mqtt_field_value', ['connect', '17']],
      ['fix_is_valid', []],
      ['fix_tag_value', ['35']],
      ['protobuf', ['1.2']],
      ['ungrpc', ['1', 'double']],
    ] as const)
      assert.doesNotThrow(() => convert(name, texts, message));
  }
});

test('the size of a message bounds the work, whatever lengths it announces', () => {
  const nested = '\x0a\x7f'.repeat(4096);
  assert.equal(convert('protobuf', ['1.1.1.1.1.1.1.1'], nested), undefined);
  assert.equal(convert('ungrpc', ['1'], `\0\xff\xff\xff\xff${'x'.repeat(100)}`), undefined);
});

test('a field that a packet of MQTT cannot have is an error in the arguments', () => {
  for (const [packet, field] of [
    ['connect', 'reason_code'],
    ['connack', 'username'],
    ['connect', '18'],
    ['publish', '3'],
  ] as const)
    assert.match(String(convert('mqtt_field_value', [packet, field], '')), /not a field or property/);
});
