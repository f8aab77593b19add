/** The control socket, in HAProxy's words. */
import { idOf } from '@headgate/shared/admin/account';
import type { ControlBind } from '@headgate/shared/admin/control-sockets';
import { LEVELS } from '@headgate/shared/admin/level';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { parseAddress } from '../address.ts';
import type { GlobalDirective } from '../directive.ts';
import { duration, integer, oneOf, takesDuration } from '../values.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Parameters = Mutable<Pick<ControlBind, 'level'>> &
  Mutable<Omit<Extract<ControlBind['address'], { kind: 'unix' }>, 'kind' | 'path'>>;

type Read = (value: Word, found: Parameters, problems: Problems) => void;

const PARAMETERS: Readonly<Record<string, Read>> = {
  level: (value, found, problems) => void (found.level = oneOf(value, LEVELS, problems) ?? found.level),
  mode(value, found, problems) {
    if (/^[0-7]{3,4}$/.test(value.text)) found.mode = Number.parseInt(value.text, 8);
    else problems.error(value.at, `'${value.text}' is not a mode: three octal digits such as 660`);
  },
  user: owner('user', 'uid'),
  uid: owner('user', 'uid'),
  group: owner('group', 'gid'),
  gid: owner('group', 'gid'),
};

function owner(kind: 'user' | 'group', field: 'uid' | 'gid'): Read {
  return (value, found, problems) => {
    const id = idOf(kind, value.text);
    if (id === undefined)
      problems.warning(value.at, `there is no ${kind} '${value.text}': the socket belongs to the program's own`);
    else found[field] = id;
  };
}

export const control = {
  'stats socket': {
    summary:
      "A control socket, HAProxy's runtime API: `PATH [level user|operator|admin] [mode M] [user U] [group G]`, or an address and a level. See control.md. One that cannot be bound is logged, and the program serves without it.",
    takes: 'PATH | HOST:PORT, then parameters',
    default: 'none',
    example: 'stats socket = /run/headgate-terminator/control.sock mode 660 level admin',
    repeatable: true,
    apply(value, draft, problems) {
      const [place, ...words] = value.text.split(/\s+/).map((text) => ({ ...value, text }));
      if (place === undefined || place.text === '') {
        problems.error(value.at, 'a path or an address is expected here');
        return;
      }
      const found: Parameters = { level: 'operator', mode: undefined, uid: undefined, gid: undefined };
      for (let index = 0; index < words.length; index += 2) {
        const [name, parameter] = [words[index]?.text ?? '', words[index + 1]];
        const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
        if (read === undefined)
          problems.error(
            value.at,
            `unknown parameter '${name}' of 'stats socket'`,
            nearest(name, Object.keys(PARAMETERS)),
          );
        else if (parameter === undefined) problems.error(value.at, `'${name}' needs a value`);
        else read(parameter, found, problems);
      }
      const { level, mode, uid, gid } = found;
      const address = parseAddress({ ...place, text: place.text.replace(/^(unix|ipv4|ipv6)@/, '') }, 1, problems);
      if (address?.kind === 'unix')
        draft.controlBinds.push({ at: value.at, level, address: { kind: 'unix', path: address.path, mode, uid, gid } });
      else if (address !== undefined)
        draft.controlBinds.push({
          at: value.at,
          level,
          address: { kind: 'tcp', host: address.host ?? '127.0.0.1', port: address.port },
        });
    },
  },
  'stats timeout': {
    summary: 'How long a connection to a control socket may be silent.',
    takes: takesDuration,
    default: '10s',
    example: 'stats timeout = 1m',
    apply(value, draft, problems) {
      draft.controlTimeout = duration(value, problems) ?? draft.controlTimeout;
    },
  },
  'stats maxconn': {
    summary: 'Connections to a control socket at one time.',
    takes: '1 to 10000',
    default: '10',
    example: 'stats maxconn = 20',
    apply(value, draft, problems) {
      draft.controlMaxconn = integer(value, 1, 10_000, problems) ?? draft.controlMaxconn;
    },
  },
} as const satisfies Record<string, GlobalDirective>;
