import { parseDuration } from '../config/units.ts';
import type { Commands } from './command.ts';
import type { Session } from './conversation.ts';
import { LEVELS, type Level } from './level.ts';

const MAX_TIMEOUT = 24 * 3_600_000;

/** Commands that concern the connection to the control socket alone: the same in every program. */
export const sessionCommands = {
  'set timeout': {
    usage: '[cli] <delay>',
    text: 'change a timeout setting',
    level: 'user',
    run([which, delay = ''], _desk, session) {
      // Seconds where no unit is given, as HAProxy reads `set timeout`.
      const parsed = parseDuration(/^\d+$/.test(delay) ? `${delay}s` : delay);
      if (which !== 'cli') return "'set timeout' only supports 'cli'.\n";
      if (delay === '') return 'Expects an integer value.\n';
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
} as const satisfies Commands<unknown>;

function lower(session: Session, level: Level): string {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(session.level)) session.level = level;
  return '';
}
