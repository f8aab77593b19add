import type { Word } from '@headgate/shared/config/raw';
import type { Evaluation } from '../../model/evaluation.ts';
import type { EditedList } from '../../sample/edited-list.ts';
import { compileFormat } from '../../sample/format.ts';
import type { Format } from '../../sample/format.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';

/** The longest key or value that a rule stores, in bytes: clients choose them. */
const LONGEST = 4096;

/** The file in `set-map(FILE)`; undefined after a problem. */
function fileOf(keyword: Word, { problems }: ActionContext): string | undefined {
  const [, name = '', file] = /^([a-z-]+)(?:\((.+)\))?/s.exec(keyword.text) ?? [];
  if (file === undefined) problems.error(keyword.at, `'${name}' needs a file in parentheses: ${name}(FILE)`);
  return file;
}

type Change = (list: EditedList, key: string, value: string) => void;

function editing(names: readonly string[], change: Change): Action {
  return {
    parentheses: true,
    compile(keyword, words, context) {
      const file = fileOf(keyword, context);
      const given = operands(keyword, words, names, context);
      if (file === undefined || given === undefined) return undefined;
      // A file that cannot be read is reported by what reads it; where nothing does, editing it changes nothing.
      const list = context.edited?.find(file);
      const formats: Format[] = [];
      for (const word of given) {
        const format = compileFormat(word, context);
        if (format === undefined) return undefined;
        formats.push(format);
      }
      const condition = conditionOf(keyword, words.slice(names.length), context);
      if (condition === undefined) return undefined;
      const [keyOf, valueOf] = formats;
      const act = goingOn((on: Evaluation) => {
        if (list === undefined) return;
        const key = keyOf?.render(on) ?? '';
        const value = valueOf?.render(on) ?? '';
        if (key !== '' && key.length <= LONGEST && value.length <= LONGEST) change(list, key, value);
      });
      return { act, reads: ['state', ...formats.flatMap(({ reads }) => reads)], condition };
    },
  };
}

/** Rules that edit the lists of ACLs and maps; every expression that names the file sees it from the next request on. */
export const listEditing: Readonly<Record<string, Action>> = {
  'add-acl': editing(['key format'], (list, key) => list.set(key)),
  'del-acl': editing(['key format'], (list, key) => list.delete(key)),
  'set-map': editing(['key format', 'value format'], (list, key, value) => list.set(key, value)),
  'del-map': editing(['key format'], (list, key) => list.delete(key)),
};
