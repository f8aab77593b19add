import type { FileText } from '@headgate/shared/process/regular-file';
import { EditedList } from './edited-list.ts';
import { bytesOf } from './value.ts';

/** The lists of a configuration that its rules edit, by the name of their file as it is written. */
export interface EditedLists {
  /** The list of a file that a rule edits; undefined for all others, and for one that cannot be read. */
  find(file: string): EditedList | undefined;
  /** The same for an expression that reads it. */
  read(file: string): EditedList | undefined;
  /** All that were found, by their file. */
  readonly all: ReadonlyMap<string, EditedList>;
  /** The files that nothing reads. */
  unread(): readonly string[];
}

/** A line of a list: a pattern, or a key, blanks and a value. Blank lines and lines that begin with `#` are none. */
const LINE = /^[ \t]*([^ \t\r]+)(?:[ \t]+(.*?))?[ \t\r]*$/;

/** `edited`: the files that rules edit, and what they are. */
export function editedLists(
  edited: ReadonlyMap<string, 'map' | 'acl'>,
  readFile: (path: string) => FileText,
): EditedLists {
  const lists = new Map<string, EditedList>();
  const read = new Set<string>();
  const find = (file: string): EditedList | undefined => {
    const kind = edited.get(file);
    if (kind === undefined) return undefined;
    const known = lists.get(file);
    if (known !== undefined) return known;
    const text = readFile(file);
    if (typeof text !== 'string') return undefined;
    const list = new EditedList(
      text.split('\n').flatMap((line) => entryOf(line, kind)),
      text,
    );
    lists.set(file, list);
    return list;
  };
  return {
    all: lists,
    find,
    read(file) {
      read.add(file);
      return find(file);
    },
    unread: () => [...edited.keys()].filter((file) => !read.has(file)),
  };
}

function entryOf(line: string, kind: 'map' | 'acl'): readonly { readonly key: string; readonly value: string }[] {
  if (line.startsWith('#')) return [];
  if (kind === 'acl') {
    const pattern = line.replace(/^[ \t]+|\r$/g, '');
    return pattern === '' ? [] : [{ key: bytesOf(pattern), value: '' }];
  }
  const [, key, value = ''] = LINE.exec(line) ?? [];
  return key === undefined ? [] : [{ key: bytesOf(key), value: bytesOf(value) }];
}
