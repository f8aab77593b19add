import { showProcesses } from '@headgate/shared/admin/show-proc';
import type { Commands } from '../command.ts';
import { linesOf } from '../lines.ts';

export const processCommands = {
  'show version': {
    usage: '',
    text: 'show version of the current process',
    level: 'user',
    run: (_words, { version }) => `${version}\n`,
  },
  'show info': {
    usage: '',
    text: 'report information about the running process',
    level: 'user',
    run: (_words, { info }) => linesOf(Object.entries(info()).map(([name, value]) => `${name}: ${value}`)),
  },
  'show cli sockets': {
    usage: '',
    text: 'dump list of cli sockets',
    level: 'operator',
    run: (_words, { sockets }) =>
      linesOf(['# socket lvl processes', ...sockets().map(({ name, level }) => `${name} ${level} all`)]),
  },
  'show proc': {
    usage: '',
    text: 'show processes status',
    level: 'operator',
    run: (_words, { processes }) => showProcesses(processes()),
  },
  reload: {
    usage: '',
    text: 'apply the configuration files as they are now',
    level: 'admin',
    async run(_words, { reload }) {
      const result = await reload('reload');
      if (!result.applied) return linesOf([...result.reasons, 'Not reloaded: the configuration before it serves on.']);
      const changes = result.changes.length === 0 ? ['nothing was added or removed'] : result.changes;
      return linesOf(['Reloaded.', ...changes]);
    },
  },
  upgrade: {
    usage: '',
    text: 'let a new process of the installed version take over',
    level: 'admin',
    async run(_words, { upgrade }) {
      const why = await upgrade();
      return why === undefined ? 'Handed over: this process finishes what is open.\n' : `${why}\nNot handed over.\n`;
    },
  },
} as const satisfies Commands;
