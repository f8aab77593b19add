/** `stats socket`, `stats timeout` and `stats maxconn` of the `global` section: the control socket. */
import { isTlsWord } from '../../model/vocabulary.ts';
import { LEVELS } from '@headgate/shared/admin/level';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { controlPlace } from '../control-place.ts';
import type { Context, GlobalDirective } from '../directive.ts';
import type { ControlDraft, GlobalDraft } from '../draft.ts';
import { SOCKET_OWNER } from '../socket-owner.ts';
import type { ControlBind } from '../../model/control.ts';

type Parameter = (bind: ControlDraft, cursor: Cursor, context: Context) => void;

const PARAMETERS: Readonly<Record<string, Parameter>> = {
  level: (bind, cursor) => void (bind.level = cursor.choice('level', LEVELS) ?? bind.level),
  ...SOCKET_OWNER,
  'expose-fd'(_bind, cursor, { problems }) {
    const { at } = cursor;
    cursor.choice('kind of descriptor', ['listeners']);
    problems.warning(
      at,
      "'expose-fd listeners' has no effect: a reload happens in the same process, no socket is handed over",
    );
  },
  process(_bind, cursor, { problems }) {
    const { at } = cursor;
    cursor.need('a process');
    problems.warning(at, "'process' has no effect: one process has the control socket, and speaks for all workers");
  },
  name: (_bind, cursor) => void cursor.need('a name'),
  'severity-output': (_bind, cursor) => void cursor.choice('severity output', ['none', 'number', 'string']),
};

const READERS: Readonly<Record<string, (cursor: Cursor, draft: GlobalDraft, context: Context) => void>> = {
  socket(cursor, draft, context) {
    const word = cursor.need('a path or an address');
    if (word === undefined) return;
    const bind: ControlDraft = { level: 'operator', mode: undefined, uid: undefined, gid: undefined };
    for (let next = cursor.next(); next !== undefined; next = cursor.next()) {
      const read = Object.hasOwn(PARAMETERS, next.text) ? PARAMETERS[next.text] : undefined;
      if (read !== undefined) read(bind, cursor, context);
      else if (isTlsWord(next.text)) {
        context.problems.error(
          next.at,
          `not supported: '${next.text}' of 'stats socket'; it speaks no TLS: bind a unix socket or 127.0.0.1, and reach it over ssh`,
        );
        cursor.rest();
      } else {
        context.problems.error(
          next.at,
          `unknown parameter '${next.text}' of 'stats socket'`,
          nearest(next.text, Object.keys(PARAMETERS)),
        );
        cursor.rest();
      }
    }
    const place = placeOf(word, bind, context);
    if (place !== undefined) (draft.controlBinds ??= []).push(place);
  },
  timeout: (cursor, draft) => void (draft.controlTimeout = cursor.duration('a duration')),
  maxconn: (cursor, draft) => void (draft.controlMaxconn = cursor.integer('a number of connections', 1, 10_000)),
  'bind-process'(cursor, _draft, { problems }) {
    problems.warning(
      cursor.at,
      "'stats bind-process' has no effect: one process has the control socket, and speaks for all workers",
    );
    cursor.rest();
  },
};

export const control = {
  stats: {
    doc: 'The control socket: `socket PATH|ADDRESS [level user|operator|admin] [mode M] [user U] [group G] [uid N] [gid N]` (repeatable; level operator where none is given), `timeout T` for silent connections (10 s), `maxconn N` for their number (10). See [control](control.md). A socket that cannot be bound is logged, and the router serves without it.',
    example: 'stats socket /run/headgate/router.sock mode 660 level admin\nstats timeout 30s',
    apply(cursor, draft, context) {
      draft.controlAt ??= cursor.at;
      const name = cursor.choice('stats parameter', Object.keys(READERS));
      if (name === undefined) return;
      READERS[name]?.(cursor, draft, context);
      cursor.end();
    },
  },
} as const satisfies Record<string, GlobalDirective>;

function placeOf(written: Word, { level, mode, uid, gid }: ControlDraft, context: Context): ControlBind | undefined {
  const address = controlPlace(written, context);
  if (address === undefined) return undefined;
  const { at } = written;
  if (address.kind === 'unix') return { at, level, address: { kind: 'unix', path: address.path, mode, uid, gid } };
  return { at, level, address: { ...address, host: address.host || '0.0.0.0' } };
}
