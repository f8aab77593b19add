/** `global` keywords that concern the process. */
import { globalValue } from '../directive.ts';
import type { GlobalDirective } from '../directive.ts';
import { environmentWords } from './environment.ts';

export const processWords = {
  ...environmentWords,
  daemon: {
    doc: 'Goes to the background once it serves, as -D does.',
    example: 'daemon',
    apply(cursor, draft) {
      draft.daemon = true;
      cursor.end();
    },
  },
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
      doc: 'How long a stopping process waits for what is open before it closes it. Default: 30 seconds after SIGTERM, SIGINT and SIGQUIT, indefinitely after SIGUSR1. WebSockets get a Close frame (1012) in the second half of that time.',
      example: 'hard-stop-after 30s',
    },
    (cursor) => cursor.duration('a duration'),
    (draft, value) => void (draft.hardStopAfter = value),
  ),
  nbproc: globalValue(
    {
      doc: 'Number of workers. Read, but one process carries all traffic for now: more than 1 gives a warning.',
      example: 'nbproc 1',
      default: 1,
    },
    (cursor, { problems }) => {
      const { at } = cursor;
      const value = cursor.integer('a number of workers', 1, 64);
      if (value !== undefined && value > 1)
        problems.warning(at, `nbproc ${value}: one process carries all traffic for now; workers come later`);
      return value;
    },
    (draft, value) => void (draft.nbproc = value),
  ),
  nbthread: globalValue(
    { doc: 'Threads are not how the router scales: 1 is accepted, more gives a warning.', example: 'nbthread 1' },
    (cursor, { problems }) => {
      const { at } = cursor;
      const value = cursor.integer('a number of threads', 1, 1024);
      if (value !== undefined && value > 1)
        problems.warning(at, `nbthread ${value} has no effect: the router has one thread of JavaScript`);
      return undefined;
    },
    () => {},
  ),
  pidfile: globalValue(
    {
      doc: 'Where the number of the process is written; -p wins over it. Default: nowhere.',
      example: 'pidfile /run/router.pid',
    },
    (cursor) => cursor.need('a path'),
    (draft, { text }) => void (draft.pidFile = text),
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
