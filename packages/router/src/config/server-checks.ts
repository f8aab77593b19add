/** Words of `server` about its health checks and its agent. */
import { isIPv6 } from 'node:net';
import type { Cursor } from '@headgate/shared/config/cursor';
import { readAddress } from './address.ts';
import type { ServerContext, ServerParameter } from './server-words.ts';
import { MOST, duration, flag, number } from './server-words.ts';

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
  if (address.kind === 'tcp' && address.host !== '' && address.last === undefined)
    return { host: address.host, port: address.port };
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

/** By keyword. Defaults are HAProxy's. */
export const CHECK_WORDS: Readonly<Record<string, ServerParameter>> = {
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
    doc: "Port of the checks. Default, and 0: that of `addr`, or the server's.",
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
      parameters.checkAddressPort = address.port;
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
};
