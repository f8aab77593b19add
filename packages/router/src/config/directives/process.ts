/** `global` keywords that concern the process. */
import type { Cursor } from '@headgate/shared/config/cursor';
import { globalValue } from '../directive.ts';
import { controlPlace } from '../control-place.ts';
import type { Documented, GlobalDirective } from '../directive.ts';
import { environmentWords } from './environment.ts';
import { readText } from '../read-text.ts';

/** Workers of one program. */
const MOST_WORKERS = 64;

/** The account that the process takes on: a name for `user` and `group`, a number for `uid` and `gid`. */
function account(
  about: Documented,
  field: 'user' | 'group',
  read: (cursor: Cursor) => string | number | undefined,
): GlobalDirective & Documented {
  return globalValue(
    about,
    (cursor, { io, problems }) => {
      const value = read(cursor);
      if (typeof value === 'string' && io.hasAccount?.(field, value) === false)
        problems.warning(
          cursor.at,
          `there is no ${field} '${value}' on this machine: started by root, the router would end at once`,
        );
      return value;
    },
    (draft, value) => void (draft[field] = value),
  );
}

const MOST_ID = 4_294_967_294;

export const processWords = {
  ...environmentWords,
  gid: account({ doc: 'As `group`, by its number.', example: 'gid 33' }, 'group', (cursor) =>
    cursor.integer('the number of a group', 0, MOST_ID),
  ),
  group: account(
    {
      doc: 'The group of the process once everything is bound. Default: that of the `user`. Only root can change it.',
      example: 'group www-data',
    },
    'group',
    (cursor) => cursor.need('the name of a group')?.text,
  ),
  uid: account({ doc: 'As `user`, by its number.', example: 'uid 33' }, 'user', (cursor) =>
    cursor.integer('the number of a user', 0, MOST_ID),
  ),
  user: account(
    {
      doc: 'The user of the process once everything is bound and the pid file is written; supplementary groups are dropped. A router that was not started by root stays who it is, and logs that. A reload is done as this user: it must be able to read the files, and cannot bind ports below 1024.',
      example: 'user www-data',
    },
    'user',
    (cursor) => cursor.need('the name of a user')?.text,
  ),
  daemon: {
    doc: 'Goes to the background once it serves, as -D does.',
    example: 'daemon',
    apply(cursor, draft) {
      draft.daemon = true;
      cursor.end();
    },
  },
  description: globalValue(
    {
      doc: 'A text about this router, which `stats show-desc` shows.',
      example: 'description the one in the basement',
    },
    readText,
    (draft, value) => void (draft.description = value),
  ),
  node: globalValue(
    {
      doc: 'The name of this router in `show info`, and where `stats show-node` gives none. Default: that of the machine.',
      example: 'node lb1',
    },
    (cursor, { problems }) => {
      const word = cursor.need('a name');
      if (word === undefined || /^[A-Za-z0-9_.-]+$/.test(word.text)) return word?.text;
      problems.error(word.at, `'${word.text}' cannot be the name of a node: letters, digits, '-', '_' and '.'`);
      return undefined;
    },
    (draft, value) => void (draft.node = value),
  ),
  terminator: globalValue(
    {
      doc: 'The control socket of headgate-terminator: a path, or an address with a port. The statistics page and the metrics then show its certificates with the days that are left. Asked every 30 seconds, with `show certificates`. With `headgate` not needed: the halves know each other. Not in HAProxy.',
      example: 'terminator /run/headgate-terminator/control.sock',
    },
    (cursor, context) => {
      const word = cursor.need('a path or an address');
      const found = word === undefined ? undefined : controlPlace(word, context);
      if (found === undefined) return undefined;
      return found.kind === 'unix' ? { path: found.path } : { host: found.host || 'localhost', port: found.port };
    },
    (draft, value) => void (draft.terminator = value),
  ),
  'drain-timeout': globalValue(
    {
      doc: 'How long WebSockets and other tunnels last after a reload took their server or their frontend away. They end one by one in the second half of that time, so that clients do not all reconnect at once; a WebSocket gets a Close frame (1012, service restart) between two messages. Not in HAProxy.',
      example: 'drain-timeout 1m',
      default: 30_000,
    },
    (cursor) => cursor.duration('a duration'),
    (draft, value) => void (draft.drainTimeout = value),
  ),
  'hard-stop-after': globalValue(
    {
      doc: 'How long a stopping process waits for what is open before it closes it. Default: 30 seconds after SIGTERM, SIGINT and SIGQUIT, indefinitely after SIGUSR1 and in a process that an upgrade has replaced. WebSockets get a Close frame (1012) in the second half of that time.',
      example: 'hard-stop-after 30s',
    },
    (cursor) => cursor.duration('a duration'),
    (draft, value) => void (draft.hardStopAfter = value),
  ),
  'mworker-max-reloads': globalValue(
    {
      doc: 'How many upgrades (SIGPWR, `ctl upgrade`) a process may outlive that still has connections; with the next one it stops as after SIGTERM. A reload starts no process. Default: 10; in HAProxy 2.6 there is no limit.',
      example: 'mworker-max-reloads 3',
      default: 10,
    },
    (cursor) => cursor.integer('a number of upgrades', 0, 2_147_483_647),
    (draft, value) => void (draft.oldProcesses = value),
  ),
  nbproc: globalValue(
    {
      doc: 'Processes that serve: HAProxy’s word for `workers` up to 2.4. Where something in the configuration does not work with more than one, a warning names it and one process serves.',
      example: 'nbproc 2',
      default: 1,
    },
    (cursor) => cursor.integer('a number of workers', 1, MOST_WORKERS),
    (draft, value) => void (draft.nbproc = value),
  ),
  nbthread: globalValue(
    {
      doc: 'How many processors HAProxy uses. The router has a process for each: the same as `workers`, with a warning and one process where something does not work with more.',
      example: 'nbthread 2',
      default: 1,
    },
    (cursor) => cursor.wholeInteger('a number of threads', 1, 1024),
    (draft, value) => void (draft.nbthread = Math.min(value, MOST_WORKERS)),
  ),
  pidfile: globalValue(
    {
      doc: 'Where the number of the process is written; -p wins over it. Default: nowhere.',
      example: 'pidfile /run/router.pid',
    },
    (cursor) => cursor.need('a path'),
    (draft, { text }) => void (draft.pidFile = text),
  ),
  workers: globalValue(
    {
      doc: 'Processes that serve, up to 64; `auto` is one for each processor. They share addresses, states of servers and limits; a primary process looks after them. With 1, the default, the process that is started serves by itself. A change comes into effect with the next start or `upgrade`. See [workers](workers.md). Not in HAProxy.',
      example: 'workers auto',
      default: 1,
    },
    (cursor) => (cursor.accept('auto') ? 'auto' : cursor.integer('a number of workers, or auto', 1, MOST_WORKERS)),
    (draft, value) => void (draft.workers = value),
  ),
  'ulimit-n': globalValue(
    {
      doc: 'Read and ignored with a warning: a Node.js process cannot raise its own limit. Set it where the router is started (LimitNOFILE, ulimits).',
      example: 'ulimit-n 65536',
    },
    (cursor, { problems }) => {
      problems.warning(cursor.at, 'ulimit-n has no effect: set the limit of open files where the router is started');
      cursor.integer('a number of file descriptors', 0, 1_000_000_000);
      return undefined;
    },
    () => {},
  ),
} as const satisfies Record<string, GlobalDirective>;
