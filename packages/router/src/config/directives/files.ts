/** `global` keywords about names: of files, of the machine, of variables of the process. */
import { processValue } from '../../sample/process-value.ts';
import { globalValue } from '../directive.ts';
import type { GlobalDirective } from '../directive.ts';

const ORIGINS = ['current', 'config', 'parent', 'origin'] as const;

/** `set-var` and `set-var-fmt`: they differ in how the value is written. */
function variableWord(keyword: string, doc: string, example: string): GlobalDirective {
  return {
    doc,
    example,
    apply(cursor, draft, context) {
      const name = cursor.need('the name of a variable');
      const word = cursor.need('a value');
      cursor.end();
      if (name === undefined || word === undefined) return;
      if (!/^proc\.[A-Za-z0-9_.]{1,64}$/.test(name.text))
        context.problems.error(name.at, `'${name.text}' is not a variable of the process: proc.NAME`);
      else {
        const { problems, io } = context;
        const value = processValue(word, keyword === 'set-var-fmt' ? 'fmt' : 'expr', {
          problems,
          readFile: (path) => io.readFile(path),
          environment: io.environment,
        });
        if (value !== undefined) (draft.variables ??= []).push({ name: name.text, value });
      }
    },
  };
}

export const nameWords = {
  'default-path': {
    doc: 'What relative names of files are relative to: `current`, the working directory; `config`, the folder of the file they are written in; `parent`, the folder above that; `origin FOLDER`.',
    example: 'default-path config',
    default: 'current',
    apply(cursor, _draft, { io, problems }) {
      // The compiler has read it by now: sections that are read first have files too.
      const from = cursor.choice('origin', ORIGINS);
      const folder = from === 'origin' ? cursor.need('a folder') : undefined;
      if (from !== undefined) cursor.end();
      if (folder !== undefined && (io.fileKind?.(folder.text) ?? 'folder') !== 'folder')
        problems.error(folder.at, `'${folder.text}' is not a folder`);
    },
  },
  'log-send-hostname': globalValue(
    {
      doc: 'Adds the name of the machine, or the name given, to syslog headers that have none.',
      example: 'log-send-hostname edge-1',
    },
    (cursor) => cursor.next()?.text ?? '',
    (draft, name) => void (draft.logHostname = name),
  ),
  'set-var': variableWord(
    'set-var',
    'Sets a variable of the process at the start: `set-var proc.NAME EXPRESSION`.',
    'set-var proc.stage str(production)',
  ),
  'set-var-fmt': variableWord(
    'set-var-fmt',
    'Sets a variable of the process at the start to a format string: `set-var-fmt proc.NAME FMT`.',
    'set-var-fmt proc.id "edge-%[env(HOSTNAME)]"',
  ),
  'unix-bind': {
    doc: 'For `bind` lines of unix sockets: `unix-bind [prefix P] [mode M]`, what goes in front of their paths, and their mode where the line has none. `user`, `uid`, `group` and `gid` are read and have no effect.',
    example: 'unix-bind prefix /run/ mode 660',
    apply(cursor, draft, { problems }) {
      const own = (draft.unixBind = { prefix: '', mode: undefined as number | undefined });
      for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
        const value = cursor.need('a value');
        if (value === undefined) return;
        if (word.text === 'prefix') own.prefix = value.text;
        else if (word.text === 'mode' && /^0?[0-7]{3}$/.test(value.text)) own.mode = Number.parseInt(value.text, 8);
        else if (word.text === 'mode') problems.error(value.at, `'${value.text}' is not a mode such as 660`);
        else if (!['user', 'uid', 'group', 'gid'].includes(word.text))
          problems.error(word.at, `unexpected '${word.text}' after 'unix-bind'`);
      }
    },
  },
} as const satisfies Record<string, GlobalDirective>;
