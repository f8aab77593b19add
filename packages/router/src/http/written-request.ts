import type { BodyView, ConnectionFacts, FieldList, RequestFacts } from '../model/facts.ts';
import { HeadBytes } from './head-bytes.ts';
import { HeadEdits } from './head-edits.ts';

/** A request as written by a user: for `explain` and tests, which also evaluate requests that a parser would refuse. */
export interface Written {
  readonly method: string;
  readonly target: string;
  readonly version?: '1.0' | '1.1';
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** A body, of which rules see all. */
  readonly body?: string;
}

/** A request built from a few words, which rules read and change like a received one. */
export function writtenRequest(connection: ConnectionFacts, written: Written): RequestFacts {
  const { method, target, version = '1.1' } = written;
  const line = `${method} ${target} HTTP/${version}\r\n`;
  let edits: HeadEdits | undefined;
  const edit = (): HeadEdits => {
    if (edits !== undefined) return edits;
    const lines = new HeadBytes();
    const text = written.fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const bytes = Buffer.from(`${line}${text}\r\n`, 'latin1');
    lines.copy(bytes, 0, bytes.length);
    lines.readLines(line.length, Infinity);
    return (edits = new HeadEdits(lines));
  };
  const named = (name: string): readonly string[] =>
    written.fields.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
  return {
    connection,
    version,
    get method() {
      return edits?.method ?? method;
    },
    get target() {
      return edits?.target ?? target;
    },
    get fields(): FieldList {
      if (edits !== undefined) return edits.fields();
      const { fields } = written;
      return { names: fields.map(([name]) => name.toLowerCase()), values: fields.map(([, value]) => value) };
    },
    header: (name) => edits?.values(name) ?? named(name),
    received: { method, target },
    edit,
    body: () => writtenBody(written.body ?? ''),
  };
}

/** A body that is here already, all of it. */
export function writtenBody(text: string): BodyView {
  const bytes = Buffer.from(text);
  return { text: bytes.toString('latin1'), length: bytes.length, size: bytes.length, enough: () => true };
}
