import { NO_CACHE } from '../../model/without-effect.ts';
import { conditionOf } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';
import type { Word } from '@headgate/shared/config/raw';
import { isCache } from '../../sample/arguments.ts';

/** An action that is accepted so that a working haproxy.cfg loads, and does nothing: a warning gives the reason. */
function idle(why: string, check?: (word: Word, context: ActionContext) => boolean): Action {
  return {
    compile(keyword, words, context) {
      context.problems.warning(keyword.at, `'${keyword.text}' has no effect: ${why}`);
      const [value] = words;
      const given = value !== undefined && !['', 'if', 'unless'].includes(value.text) ? value : undefined;
      if (check !== undefined && given === undefined) {
        context.problems.error(keyword.at, `'${keyword.text}' needs a value`);
        return undefined;
      }
      if (given !== undefined && check?.(given, context) !== true && check !== undefined) return undefined;
      const condition = conditionOf(keyword, words.slice(check === undefined ? 0 : 1), context);
      return condition && { act: () => ({ kind: 'continue' }), reads: [], condition };
    },
  };
}

/** An integer, also as hexadecimal digits after `0x`. */
function integer(word: Word, { problems }: ActionContext): boolean {
  if (/^(?:0x[0-9a-f]{1,16}|[+-]?\d{1,19})$/i.test(word.text)) return true;
  problems.error(word.at, `'${word.text}' is not an integer`);
  return false;
}

export const setMark: Action = idle(
  'Node.js cannot mark the packets of a connection: mark them by their port (nftables)',
  integer,
);
export const setTos: Action = idle(
  'Node.js cannot set the TOS field of packets: set it by their port (nftables)',
  integer,
);

/** What HAProxy asks of its kernel and its scheduler, which Node.js cannot. */
export const idleActions: Readonly<Record<string, Action>> = {
  'set-nice': idle(
    'requests have no priority on the processor; set-priority-class orders those that wait for a server',
    () => true,
  ),
  'set-mark': setMark,
  'set-tos': setTos,
};

/** `cache-use NAME` and `cache-store NAME`. */
export const cacheAction: Action = idle(NO_CACHE, (word, { names, problems }) => isCache(word, names, problems));

/** Of `http-request` alone. */
export const waitForHandshake: Action = idle('the TLS handshake is over before the router sees a request');
