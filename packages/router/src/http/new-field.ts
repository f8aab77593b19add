import type { NewField } from '../model/edits.ts';
import { idOfName } from './field-ids.ts';

/** Anything but TAB, visible ASCII and bytes above it: such a character would end the line or be encoded as another byte. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
/** Values up to this length are looked at here: a call of the regular expression costs as much as so many characters. */
const SHORT = 32;
const SP = 0x20;
const TAB = 9;
const DEL = 0x7f;

export function isSendable(value: string): boolean {
  const { length } = value;
  if (length > SHORT) return !UNSENDABLE.test(value);
  for (let at = 0; at < length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < SP ? code !== TAB : code === DEL || code > 0xff) return false;
  }
  return true;
}

/** Blanks around a value are not part of it (RFC 9110 §5.5): later rules must read what a server will. */
export function withoutBlanks(value: string): string {
  let from = 0;
  let to = value.length;
  while (from < to && isBlank(value.charCodeAt(from))) from += 1;
  while (to > from && isBlank(value.charCodeAt(to - 1))) to -= 1;
  return to - from === value.length ? value : value.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === SP || code === TAB;
}

/** A line with this value; undefined when the value cannot be sent. `id`: that of the name. */
export function newField(name: string, lower: string, value: string, id = idOfName(lower)): NewField | undefined {
  return isSendable(value) ? { lower, id, name, value: withoutBlanks(value), line: undefined } : undefined;
}

/** A line that many heads get: its bytes are made once. */
export function constantField(name: string, value: string): NewField | undefined {
  const field = newField(name, name.toLowerCase(), value);
  return field && { ...field, line: Buffer.from(`${name}: ${field.value}\r\n`, 'latin1') };
}
