import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../backend/balance/testing.ts';
import { HeadBytes } from './head-bytes.ts';
import { HeadEdits } from './head-edits.ts';
import { HeadWriter, roomForHead } from './head-writer.ts';
import { constantField, newField } from './new-field.ts';

/** Choices from a fixed seed. */
class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  one(all: readonly string[]): string {
    return all[this.below(all.length)] ?? '';
  }
}

/** A line as anybody would write it down. */
interface Line {
  readonly name: string;
  value: string;
  /** What is sent in front of the value. */
  readonly start: string;
  /** The line as it came; undefined once it is another. */
  whole: string | undefined;
  readonly added: boolean;
}

/** What edits mean, without memory, offsets or numbers: a list of lines. */
class Plain {
  lines: Line[];
  #room: number;

  constructor(lines: Line[], room: number) {
    this.lines = lines;
    this.#room = room;
  }

  get size(): number {
    return this.lines.reduce((sum, { whole, start, value }) => sum + (whole ?? `${start}${value}\r\n`).length, 0);
  }

  values(name: string): string[] {
    return this.lines.filter((line) => line.name.toLowerCase() === name).map(({ value }) => value);
  }

  add(name: string, value: string): boolean {
    const line = { name, value: trim(value), start: `${name}: `, whole: undefined, added: true };
    if (!sendable(value) || this.size + `${line.start}${line.value}\r\n`.length > this.#room) return false;
    this.lines.push(line);
    return true;
  }

  removeWhere(removes: (name: string) => boolean): void {
    this.lines = this.lines.filter(({ name }) => !removes(name.toLowerCase()));
  }

  set(name: string, value: string): boolean {
    if (!sendable(value)) return false;
    this.removeWhere((one) => one === name.toLowerCase());
    return this.add(name, value);
  }

  replace(name: string, change: (value: string) => string | null | undefined): boolean {
    for (const line of this.lines.slice()) {
      if (line.name.toLowerCase() !== name) continue;
      const value = change(line.value);
      if (value === undefined) continue;
      if (value === null) this.lines = this.lines.filter((other) => other !== line);
      else if (!sendable(value)) return false;
      else {
        line.value = trim(value);
        line.whole = undefined;
      }
    }
    return true;
  }

  text(): string {
    const sent = ({ whole, start, value }: Line): string => whole ?? `${start}${value}\r\n`;
    return [...this.lines.filter(({ added }) => !added), ...this.lines.filter(({ added }) => added)].map(sent).join('');
  }
}

const trim = (value: string): string => value.replace(/^[\t ]+|[\t ]+$/g, '');
const sendable = (value: string): boolean => !/[^\t\x20-\x7e\x80-\xff]/.test(value);

const NAMES = ['Host', 'Cookie', 'cookie', 'X-A', 'x-a', 'X-Forwarded-For', 'Server', 'Vary', 'ETag', 'Authorization'];
const VALUES = ['', 'a', ' b ', 'c=d; e', '\tf', 'caf\xe9', 'x'.repeat(70), 'not\nsent', 'nor\u0142', 'g, h'];

function head(chance: Chance): { readonly bytes: HeadBytes; readonly lines: Line[] } {
  const lines = Array.from({ length: chance.below(9) }, () => {
    const [name, blank, end] = [chance.one(NAMES), chance.one(['', ' ', '\t ']), chance.one(['', '', ' '])];
    const value = trim(chance.one(VALUES.filter(sendable)));
    const start = `${name}:${blank}`;
    return { name, value, start, whole: `${start}${value}${value === '' ? '' : end}\r\n`, added: false };
  });
  const first = 'HTTP/1.1 200 OK\r\n';
  const bytes = new HeadBytes();
  const text = Buffer.from(`${first}${lines.map(({ whole }) => whole).join('')}\r\n`, 'latin1');
  bytes.copy(text, 0, text.length);
  assert.notEqual(bytes.readLines(first.length, Infinity), -1);
  return { bytes, lines };
}

const REPLACEMENTS: readonly ((value: string) => string | null | undefined)[] = [
  (value) => `${value}!`,
  (value) => (value.startsWith('c') ? null : undefined),
  () => '',
  () => 'not\rsent',
  (value) => value.slice(1),
];

test('random edits of random heads leave what a list of lines with the same edits holds', () => {
  const chance = new Chance(17);
  for (let round = 0; round < 6000; round += 1) {
    const { bytes, lines } = head(chance);
    const room = chance.below(6) === 0 ? chance.below(60) : 10_000;
    // The status line and the empty line count too.
    const edits = new HeadEdits(bytes, bytes.length + room);
    const plain = new Plain(lines, bytes.length - bytes.section - 2 + room);
    const done: string[] = [];
    for (let count = chance.below(12); count > 0; count -= 1) {
      const [name, value, which] = [chance.one(NAMES), chance.one(VALUES), chance.below(8)];
      const lower = name.toLowerCase();
      done.push(`${which} ${name}: ${JSON.stringify(value)}`);
      if (which === 0) assert.equal(edits.add(name, value), plain.add(name, value), done.join('\n'));
      else if (which === 1) assert.equal(edits.set(name, value), plain.set(name, value), done.join('\n'));
      else if (which === 2) {
        edits.remove(lower);
        plain.removeWhere((one) => one === lower);
      } else if (which === 3) {
        const removes = (one: string): boolean => one.startsWith(lower.slice(0, 1));
        edits.removeWhere(removes);
        plain.removeWhere(removes);
      } else if (which === 4 && room === 10_000) {
        const change = REPLACEMENTS[chance.below(REPLACEMENTS.length)] ?? (() => undefined);
        assert.equal(edits.replace(lower, change), plain.replace(lower, change), done.join('\n'));
      } else if (which > 4) {
        const field = which === 5 ? newField(name, lower, value) : constantField(name, value);
        assert.equal(field === undefined, !sendable(value));
        if (field === undefined) continue;
        const [ours, expected] =
          which === 6 ? [edits.place(field), plain.set(name, value)] : [edits.append(field), plain.add(name, value)];
        assert.equal(ours, expected, done.join('\n'));
      }
    }
    const writer = new HeadWriter(Buffer.alloc(roomForHead(bytes, edits)));
    writer.fields(bytes, edits, 0, []);
    assert.equal(writer.written.toString('latin1'), plain.text(), done.join('\n'));
    const asked = chance.one(NAMES).toLowerCase();
    const ordered = [...plain.lines.filter(({ added }) => !added), ...plain.lines.filter(({ added }) => added)];
    assert.deepEqual(edits.values(asked), plain.values(asked), done.join('\n'));
    assert.deepEqual(
      edits.fields().values,
      ordered.map(({ value }) => value),
    );
    assert.deepEqual(
      edits.fields().names,
      ordered.map(({ name }) => name.toLowerCase()),
    );
  }
});

test('a login of the connection that a rule brings is known from the edits, one that came from the head', () => {
  const editsOf = (text: string): HeadEdits => {
    const bytes = new HeadBytes();
    const head = Buffer.from(`GET / HTTP/1.1\r\n${text}\r\n`, 'latin1');
    bytes.copy(head, 0, head.length);
    bytes.readLines('GET / HTTP/1.1\r\n'.length, Infinity);
    return new HeadEdits(bytes);
  };
  const added = editsOf('');
  added.add('Authorization', 'Negotiate abc');
  assert.equal(added.logsIn, true);
  const replaced = editsOf('Authorization: Basic abc\r\n');
  replaced.replace('authorization', (value) => value.replace('Basic', 'NTLM'));
  assert.equal(replaced.logsIn, true);
  const other = editsOf('Authorization: NTLM abc\r\nA: b\r\n');
  other.set('a', 'NTLM abc');
  assert.equal(other.logsIn, false);
  other.set('proxy-authorization', 'Basic abc');
  assert.equal(other.logsIn, false);
});
