import { LEVELS, type Level } from '@headgate/shared/admin/level';
import type { Session } from '@headgate/shared/admin/conversation';
import { parseDuration } from '@headgate/shared/config/units';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';

/** Seconds where no unit is given, as HAProxy reads `set timeout`. */
const MAX_TIMEOUT = 24 * 3_600_000;

export const processCommands = {
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
  'set timeout': {
    usage: '[cli] <delay>',
    text: 'change a timeout setting',
    level: 'user',
    run([which, delay = ''], _desk, session) {
      const parsed = parseDuration(/^\d+$/.test(delay) ? `${delay}s` : delay);
      if (which !== 'cli') return "'set timeout' only supports 'cli'.\n";
      if (!('value' in parsed) || parsed.value <= 0 || parsed.value > MAX_TIMEOUT) return 'Invalid timeout value.\n';
      session.timeout = parsed.value;
      return '';
    },
  },
  prompt: {
    usage: '',
    text: 'toggle interactive mode with prompt',
    level: 'user',
    run(_args, _desk, session) {
      session.interactive = !session.interactive;
      return '';
    },
  },
  quit: {
    usage: '',
    text: 'disconnect',
    level: 'user',
    run(_args, _desk, session) {
      session.over = true;
      return '';
    },
  },
  operator: {
    usage: '',
    text: 'lower the level of the current CLI session to operator',
    level: 'operator',
    run: (_args, _desk, session) => lower(session, 'operator'),
  },
  user: {
    usage: '',
    text: 'lower the level of the current CLI session to user',
    level: 'user',
    run: (_args, _desk, session) => lower(session, 'user'),
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

function lower(session: Session, level: Level): string {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(session.level)) session.level = level;
  return '';
}
