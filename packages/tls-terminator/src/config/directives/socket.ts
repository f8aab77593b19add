import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

const SWITCHES = {
  'l:tcp_nodelay': 'clientNoDelay',
  'l:so_keepalive': 'clientKeepAlive',
  'r:tcp_nodelay': 'serverNoDelay',
  'r:so_keepalive': 'serverKeepAlive',
} as const;

function isSwitch(name: string): name is keyof typeof SWITCHES {
  return Object.hasOwn(SWITCHES, name);
}

export const socket: ServiceDirective = {
  summary: "Socket options: l is the client's side, r the server's, a the listening socket.",
  takes: 'l:TCP_NODELAY=…, r:TCP_NODELAY=…, l:SO_KEEPALIVE=…, r:SO_KEEPALIVE=…, a:SO_REUSEADDR=yes; … is yes or no',
  default: 'TCP_NODELAY on both sides, SO_REUSEADDR when listening',
  example: 'socket = l:SO_KEEPALIVE=yes',
  repeatable: true,
  apply(value, draft, problems) {
    const equals = value.text.indexOf('=');
    const name = value.text.slice(0, equals).trim().toLowerCase();
    const written = value.text.slice(equals + 1).trim();
    const text = written === '1' ? 'yes' : written === '0' ? 'no' : written;
    if (equals === -1) problems.error(value.at, "write the option as 'l:TCP_NODELAY=yes'");
    else if (isSwitch(name))
      draft.sockets[SWITCHES[name]] = yesNo({ ...value, text }, problems) ?? draft.sockets[SWITCHES[name]];
    else if (name !== 'a:so_reuseaddr' || text !== 'yes')
      problems.error(value.at, `not supported yet: socket option '${value.text}'`);
  },
};
