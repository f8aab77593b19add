import { CHECK_WORDS } from './server-checks.ts';
import { CONNECTION_WORDS } from './server-connections.ts';
import { NAME_WORDS } from './server-names.ts';
import { PROXY_WORDS } from './server-proxy.ts';
import { TLS_WORDS } from './server-tls.ts';
import { MOST, duration, flag, number, type ServerParameter } from './server-words.ts';

/** By keyword. Defaults are HAProxy's. */
export const SERVER_PARAMETERS: Readonly<Record<string, ServerParameter>> = {
  cookie: {
    doc: "What the backend's `cookie` holds for this server. Servers may share a value: the first that is up gets the client.",
    example: 'cookie s1',
    apply(parameters, cursor, { problems }) {
      const word = cursor.need('a value');
      if (word === undefined) return;
      if (/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(word.text)) parameters.cookie = word.text;
      else
        problems.error(
          word.at,
          `'${word.text}' is not a cookie value: no blanks, quotes, commas, semicolons or backslashes`,
        );
    },
  },
  'non-stick': flag(
    'non-stick',
    (parameters) => void (parameters.nonStick = true),
    'Stick tables do not remember this server: a backup gives its clients back.',
  ),
  stick: flag('stick', (parameters) => void (parameters.nonStick = false), 'Undoes a `non-stick` of default-server.'),
  id: number(
    'id',
    'number',
    1,
    MOST,
    7,
    'Its number in stick tables and in `hash-type consistent`. Default: the smallest that is free, from 1 in the order of the lines.',
  ),
  weight: number('weight', 'weight', 0, 256, 10, 'Share of the load, 0 to 256; 0 takes no new traffic. Default 1.'),
  maxconn: number('maxconn', 'maxconn', 0, MOST, 1024, 'Requests at once; further ones wait. Default 0: no limit.'),
  minconn: number(
    'minconn',
    'minconn',
    0,
    MOST,
    10,
    "Lower limit of a maxconn that grows with the backend's load. Default: maxconn.",
  ),
  maxqueue: number(
    'maxqueue',
    'maxqueue',
    0,
    MOST,
    100,
    'Requests that may wait for this server; further ones fail at once. Default 0: no limit.',
  ),
  ...CHECK_WORDS,
  backup: flag(
    'backup',
    (parameters) => void (parameters.backup = true),
    'Takes traffic only when no other server is usable.',
  ),
  'no-backup': flag(
    'no-backup',
    (parameters) => void (parameters.backup = false),
    'Undoes a `backup` of default-server.',
  ),
  disabled: flag('disabled', (parameters) => void (parameters.disabled = true), 'Starts in maintenance.'),
  enabled: flag(
    'enabled',
    (parameters) => void (parameters.disabled = false),
    'Undoes a `disabled` of default-server.',
  ),
  slowstart: duration(
    'slowstart',
    'slowstart',
    0,
    '30s',
    'How long a server that comes back takes until it has its whole weight and maxconn, in whole seconds. Default 0: at once.',
  ),
  track: {
    doc: 'Follows the checks and the maintenance of another server, `SERVER` or `BACKEND/SERVER`, instead of checks of its own.',
    example: 'track b/s',
    apply(parameters, cursor) {
      const word = cursor.need('the name of a server: SERVER or BACKEND/SERVER');
      if (word !== undefined) parameters.track = word;
    },
  },
  'on-marked-down': {
    doc: '`shutdown-sessions`: its requests and WebSockets end when it goes down.',
    example: 'on-marked-down shutdown-sessions',
    apply(parameters, cursor) {
      if (cursor.choice('action', ['shutdown-sessions']) !== undefined) parameters.onMarkedDown = true;
    },
  },
  'on-marked-up': {
    doc: '`shutdown-backup-sessions`: requests and WebSockets on backup servers end when it comes up.',
    example: 'on-marked-up shutdown-backup-sessions',
    apply(parameters, cursor) {
      if (cursor.choice('action', ['shutdown-backup-sessions']) !== undefined) parameters.onMarkedUp = true;
    },
  },
  observe: {
    doc: 'Counts errors of its traffic: of connections (`layer4`), or of HTTP too (`layer7`). Needs `check`.',
    example: 'observe layer7',
    apply(parameters, cursor) {
      const layer = cursor.choice('layer', ['layer4', 'layer7', 'none']);
      if (layer === 'none') delete parameters.observe;
      else if (layer !== undefined) parameters.observe = layer === 'layer4' ? 4 : 7;
    },
  },
  'error-limit': number(
    'error-limit',
    'errorLimit',
    1,
    MOST,
    10,
    'Errors in a row after which `on-error` is done. Default 10.',
  ),
  'on-error': {
    doc: 'What `error-limit` errors mean: `fastinter`, the next check comes soon; `fail-check` (default), a check failed; `sudden-death`, the next failed check takes it down; `mark-down`, it is down. The next check comes after `fastinter` in any case.',
    example: 'on-error mark-down',
    apply(parameters, cursor) {
      const action = cursor.choice('action', ['fastinter', 'fail-check', 'sudden-death', 'mark-down']);
      if (action !== undefined) parameters.onError = action;
    },
  },
  ...CONNECTION_WORDS,
  ...PROXY_WORDS,
  ...NAME_WORDS,
  ...TLS_WORDS,
  'pool-max-conn': {
    doc: 'Idle connections kept for re-use; -1 is no limit, 0 keeps none. Default -1.',
    example: 'pool-max-conn 50',
    apply(parameters, cursor) {
      if (cursor.accept('-1')) parameters.poolMaxConn = -1;
      else parameters.poolMaxConn = cursor.integer('a number of connections', 0, MOST) ?? -1;
    },
  },
  'pool-purge-delay': duration(
    'pool-purge-delay',
    'poolPurgeDelay',
    0,
    '5s',
    'How long an idle connection is kept. Default 5s.',
  ),
};
