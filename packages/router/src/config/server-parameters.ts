import { isIPv6 } from 'node:net';
import { readAddress } from './address.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { ServerParameters } from './draft.ts';
import { CONNECTION_WORDS } from './server-connections.ts';
import type { ServerContext, ServerParameter } from './server-connections.ts';
import { NAME_WORDS } from './server-names.ts';
import { PROXY_WORDS } from './server-proxy.ts';
import { TLS_WORDS } from './server-tls.ts';

export type { ServerParameter } from './server-connections.ts';

type NumberField =
  | 'errorLimit'
  | 'number'
  | 'weight'
  | 'maxconn'
  | 'minconn'
  | 'maxqueue'
  | 'rise'
  | 'fall'
  | 'agentPort'
  | 'poolMaxConn';
type DurationField = 'slowstart' | 'inter' | 'agentInter' | 'fastinter' | 'downinter' | 'poolPurgeDelay';

function number(
  name: string,
  field: NumberField,
  min: number,
  max: number,
  value: number,
  doc: string,
): ServerParameter {
  return {
    doc,
    example: `${name} ${value}`,
    apply(parameters, cursor) {
      const read = cursor.integer('a number', min, max);
      if (read !== undefined) parameters[field] = read;
    },
  };
}

function duration(name: string, field: DurationField, least: number, value: string, doc: string): ServerParameter {
  return {
    doc,
    example: `${name} ${value}`,
    apply(parameters, cursor, { problems }) {
      const read = cursor.duration('a duration');
      if (read !== undefined && read < least) problems.error(cursor.at, `'${name}' must be at least ${least}ms`);
      else if (read !== undefined) parameters[field] = read;
    },
  };
}

function flag(example: string, set: (parameters: ServerParameters) => void, doc: string): ServerParameter {
  return { doc, example, apply: set };
}

/** An address that checks go to: `10.0.0.1`, `::1`, `app:8080`. */
function checkedAddress(
  cursor: Cursor,
  context: ServerContext,
): { readonly host: string; readonly port: number | undefined } | undefined {
  const written = cursor.need('an address');
  if (written === undefined) return undefined;
  const found = readAddress({ ...written, text: isIPv6(written.text) ? `[${written.text}]` : written.text }, context);
  if (found === undefined) return undefined;
  const { word, address } = found;
  if (address.kind === 'tcp' && address.host !== '') return { host: address.host, port: address.port };
  context.problems.error(word.at, `'${word.text}' is not an address to check`);
  return undefined;
}

function readServerSocket(cursor: Cursor, context: ServerContext): string | undefined {
  const word = cursor.need('an address');
  const found = word && readAddress(word, context);
  if (found?.address.kind === 'unix') return found.address.path;
  if (found?.address.kind === 'error') context.problems.error(found.word.at, found.address.message);
  return undefined;
}

const MOST = 2_147_483_647;

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
  check: flag('check', (parameters) => void (parameters.check = true), 'Checks the health of the server.'),
  'no-check': flag('no-check', (parameters) => void (parameters.check = false), 'Undoes a `check` of default-server.'),
  inter: duration('inter', 'inter', 1, '10s', 'Time between checks, and the most one may take. Default 2s.'),
  fastinter: duration(
    'fastinter',
    'fastinter',
    1,
    '1s',
    'Time between checks while the state is changing. Default: inter.',
  ),
  downinter: duration(
    'downinter',
    'downinter',
    1,
    '5s',
    'Time between checks of a server that is down. Default: inter.',
  ),
  rise: number('rise', 'rise', 1, MOST, 2, 'Checks that must pass before it is up again. Default 2.'),
  fall: number('fall', 'fall', 1, MOST, 3, 'Checks that must fail before it is down. Default 3.'),
  port: {
    doc: "Port of the checks. Default: the server's; so does 0.",
    example: 'port 8080',
    apply(parameters, cursor) {
      const port = cursor.integer('a port', 0, 65_535);
      if (port === 0) delete parameters.checkPort;
      else if (port !== undefined) parameters.checkPort = port;
    },
  },
  addr: {
    doc: "Address of the checks, or the path of a unix socket. Default: the server's.",
    example: 'addr 127.0.0.1',
    apply(parameters, cursor, context) {
      const { text } = cursor.peek() ?? { text: '' };
      if (/^(?:unix@)?\//.test(text)) {
        const path = readServerSocket(cursor, context);
        if (path !== undefined) parameters.checkPath = path;
        return;
      }
      const address = checkedAddress(cursor, context);
      if (address === undefined) return;
      delete parameters.checkPath;
      parameters.checkHost = address.host;
      if (address.port !== undefined) parameters.checkPort = address.port;
    },
  },
  'agent-check': flag(
    'agent-check agent-port 9777',
    (parameters) => void (parameters.agent = true),
    'Asks an agent, a program at the server, how it is: `up`, `down`, `drain`, `75%`, `maxconn:30`. Needs `agent-port`. See [health checks](health-checks.md#agents).',
  ),
  'no-agent-check': flag(
    'no-agent-check',
    (parameters) => void (parameters.agent = false),
    'Undoes an `agent-check` of default-server.',
  ),
  'agent-port': number('agent-port', 'agentPort', 1, 65_535, 9777, 'Port of the agent. Default: `port`.'),
  'agent-addr': {
    doc: 'Address of the agent. Default: `addr`, or the address of the server.',
    example: 'agent-addr 127.0.0.1',
    apply(parameters, cursor, context) {
      const address = checkedAddress(cursor, context);
      if (address?.port !== undefined) context.problems.error(cursor.at, "the port of an agent is 'agent-port'");
      else if (address !== undefined) parameters.agentHost = address.host;
    },
  },
  'agent-inter': duration(
    'agent-inter',
    'agentInter',
    1,
    '5s',
    'Time between two questions to the agent, and the most one may take. Default 2s.',
  ),
  'agent-send': {
    doc: 'What is sent to the agent when it is connected to: write `\\n` where it waits for the end of a line. Default: nothing.',
    example: 'agent-send status\\n',
    apply(parameters, cursor) {
      const word = cursor.need('a text');
      if (word !== undefined) parameters.agentSend = word.text;
    },
  },
  'check-send-proxy': flag(
    'check-send-proxy',
    (parameters) => void (parameters.checkSendProxy = true),
    'Begins checks with a PROXY header. Default: as the traffic, unless port or addr is set.',
  ),
  'no-check-send-proxy': flag(
    'no-check-send-proxy',
    (parameters) => void (parameters.checkSendProxy = false),
    'Undoes check-send-proxy.',
  ),
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
