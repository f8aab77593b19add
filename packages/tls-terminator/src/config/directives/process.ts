/** The process: its user, directory and shutdown. */
import { account } from '../account.ts';
import { parseAddress } from '../address.ts';
import type { GlobalDirective, ServiceDirective } from '../directive.ts';
import { duration, integer, oneOf, path, takesDuration } from '../values.ts';

export const processOptions = {
  pid: {
    summary: 'File that holds the process id while services are served.',
    takes: '/path, or nothing for none',
    default: 'none',
    example: 'pid = /var/run/tls-terminator.pid',
    apply(value, draft) {
      draft.pidFile = value.text === '' ? undefined : value.text;
    },
  },
  foreground: {
    summary: "Whether to log to standard error too; going to the background is the command line's -D.",
    takes: 'yes | quiet | no',
    default: 'yes without `output`; with it, only the file is written',
    example: 'foreground = quiet',
    apply(value, draft, problems) {
      const word = oneOf(value, ['yes', 'quiet', 'no'], problems);
      draft.foreground = word;
      if (word === 'no')
        problems.warning(
          value.at,
          "'no' does not go to the background by itself: start with -D, or leave that to the supervisor",
        );
    },
  },
  chroot: {
    summary:
      'Accepted, and the process is not confined: Node.js has no chroot(2). RootDirectory= or ProtectSystem=strict of systemd, or a container, confine it better. `pid` and relative names are taken inside it, as in stunnel.',
    takes: '/path',
    default: 'none',
    example: 'chroot = /var/lib/stunnel4',
    apply(value, draft, problems) {
      draft.chroot = path(value, problems);
      problems.warning(
        value.at,
        'chroot does not confine the process: Node.js cannot; use RootDirectory= or ProtectSystem=strict in its systemd unit, or a container',
      );
    },
  },
  setuid: {
    summary: 'User the process changes to once its ports are bound.',
    takes: 'name or number',
    default: 'stay what started it',
    example: 'setuid = nobody',
    apply(value, draft, problems) {
      draft.user = account(value, problems);
    },
  },
  setgid: {
    summary: 'Group the process changes to once its ports are bound.',
    takes: 'name or number',
    default: 'stay what started it',
    example: 'setgid = nogroup',
    apply(value, draft, problems) {
      draft.group = account(value, problems);
    },
  },
  metrics: {
    summary: 'Address that serves metrics for Prometheus under `/metrics` (an option of ours). See metrics.md.',
    takes: '[host:]port; without a host only this machine',
    default: 'none',
    example: 'metrics = 127.0.0.1:9102',
    apply(value, draft, problems) {
      const address = parseAddress(value, 1, problems);
      if (address?.kind === 'unix') problems.error(value.at, 'metrics are served on a TCP port, as in 127.0.0.1:9102');
      else if (address !== undefined)
        draft.metrics = { at: value.at, host: address.host ?? '127.0.0.1', port: address.port };
    },
  },
  'hard-stop-after': {
    summary:
      'How long a stop, or a process that was replaced by an upgrade, waits for open connections before closing them (a HAProxy keyword; stunnel closes them at once).',
    takes: takesDuration,
    default: '30s after SIGTERM, SIGINT and SIGQUIT; no limit after SIGUSR1 and an upgrade',
    example: 'hard-stop-after = 5m',
    apply(value, draft, problems) {
      draft.hardStopAfter = duration(value, problems) ?? draft.hardStopAfter;
    },
  },
  'mworker-max-reloads': {
    summary:
      'How many upgrades a process may outlive that still has connections; with the next one it stops as after SIGTERM (a HAProxy keyword).',
    takes: 'number',
    default: '10',
    example: 'mworker-max-reloads = 3',
    apply(value, draft, problems) {
      draft.oldProcesses = integer(value, 0, 2_147_483_647, problems) ?? draft.oldProcesses;
    },
  },
  workers: {
    summary:
      'Processes that serve, up to 64 (an option of ours); auto is one for each processor. They share addresses, limits and session tickets; a primary process looks after them. A change comes into effect with the next start or SIGPWR. See workers.md.',
    takes: 'number | auto',
    default: '1: the process that is started serves by itself',
    example: 'workers = auto',
    apply(value, draft, problems) {
      draft.workers = value.text === 'auto' ? 'auto' : (integer(value, 1, 64, problems) ?? draft.workers);
    },
  },
} as const satisfies Record<string, GlobalDirective>;

/** stunnel gives the unix sockets of a service an owner; ours belong to the user that binds them. */
export const socketOwner = {
  setuid: owner('setuid', 'nobody'),
  setgid: owner('setgid', 'nogroup'),
} as const satisfies Record<string, ServiceDirective>;

function owner(option: 'setuid' | 'setgid', name: string): ServiceDirective {
  return {
    summary:
      'Of a service: accepted and without effect. A unix socket in `accept` belongs to the user that starts the program.',
    takes: 'name or number',
    default: 'the user that starts the program',
    example: `${option} = ${name}`,
    apply(value, _draft, problems) {
      if (account(value, problems) !== undefined)
        problems.warning(
          value.at,
          `'${option}' of a service has no effect: its unix sockets belong to the user that starts the program`,
        );
    },
  };
}
