import { showProcesses } from '@headgate/shared/admin/show-proc';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';

export const processCommands = {
  'show proc': {
    usage: '',
    text: 'show processes status',
    level: 'operator',
    run: (_args, { processes }) => showProcesses(processes()),
  },
  reload: {
    usage: '[json]',
    text: 'apply the configuration files as they are now',
    level: 'admin',
    run: (words, desk) => answered(words, () => reloaded(desk)),
  },
  upgrade: {
    usage: '',
    text: 'let a new process of the installed version take over',
    level: 'admin',
    async run(_args, { upgrade, router }) {
      const unwritten = router.deployments.unwritten.map(
        ({ key, to, configured }) =>
          `server ${key} runs at ${to} and the configuration says ${configured}: change it first`,
      );
      if (unwritten.length > 0) return [...unwritten, 'Not handed over.'].map((line) => `${line}\n`).join('');
      const why = await upgrade();
      return why === undefined ? 'Handed over: this process finishes what is open.\n' : `${why}\nNot handed over.\n`;
    },
  },
  'clear counters': {
    usage: '[all]',
    text: 'clear max statistics counters (or all counters)',
    level: 'operator',
    run([which], { router }, { level }) {
      if (which === 'all' && level !== 'admin') return 'Permission denied\n';
      router.clearCounters(which === 'all');
      return '';
    },
  },
} as const satisfies Commands;

async function reloaded({ reload }: Desk): Promise<Answered> {
  const result = await reload('reload');
  if (!result.applied) {
    const lines = [...result.reasons, 'Not reloaded: the configuration before it serves on.'];
    return { refused: lines.map((line) => `${line}\n`).join(''), json: { reasons: result.reasons } };
  }
  const { changes } = result;
  const lines = ['Reloaded.', ...(changes.length === 0 ? ['nothing was added, removed or moved'] : changes)];
  return { text: lines.map((line) => `${line}\n`).join(''), json: { changes } };
}
