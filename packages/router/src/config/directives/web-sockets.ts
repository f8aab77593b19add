/** `websocket`: what one WebSocket may carry. Ours. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { WebSocketLimits } from '../../model/web-socket.ts';
import type { Context, ProxyDirective } from '../directive.ts';
import { EVERYWHERE } from '../sections.ts';

type Limit = keyof WebSocketLimits;
const MOST = 1_000_000_000;

/** Each word, the limit that it sets, and how its value is read. */
const WORDS = {
  'max-message': { limit: 'maxMessage', read: (cursor) => cursor.size('a size in bytes') },
  'messages-per-second': { limit: 'messages', read: (cursor) => cursor.integer('a number of messages', 1, MOST) },
  'bytes-per-second': { limit: 'bytes', read: (cursor) => cursor.size('a size in bytes') },
  burst: { limit: 'burst', read: (cursor) => cursor.duration('a duration') },
} as const satisfies Record<string, { limit: Limit; read: (cursor: Cursor) => number | undefined }>;
const NAMES = Object.keys(WORDS) as (keyof typeof WORDS)[];

export const webSockets = {
  websocket: {
    sections: EVERYWHERE,
    doc: 'Limits on what one WebSocket carries. `max-message SIZE`: the longest message, in both directions. `messages-per-second N` and `bytes-per-second SIZE`: what its client may send, of which `burst TIME` (default 1s) says how much at once. A WebSocket that exceeds them ends with a Close frame, 1009 for a message that is too big and else 1008. Lines add to each other; each word of a backend holds before that of the frontend. Sizes are those on the wire: of compressed messages the compressed ones. See [limits](limits.md#inside-a-websocket). Default: no limits, and frames are not counted. Not in HAProxy.',
    example: 'websocket max-message 1m messages-per-second 50 burst 5s\nwebsocket bytes-per-second 512k',
    default: 'no limits',
    apply(cursor, draft, context) {
      do {
        const word = cursor.choice('limit', NAMES);
        if (word === undefined) return void cursor.rest();
        const value = WORDS[word].read(cursor);
        if (value === undefined) return void cursor.rest();
        if (value === 0)
          context.problems.error(cursor.at, `'websocket ${word}' needs more than 0; leave it out for no limit`);
        draft.settings.webSocket = { ...draft.settings.webSocket, [WORDS[word].limit]: value };
      } while (cursor.peek() !== undefined);
      warnOfCuts(draft.settings.webSocket, cursor, context);
    },
  },
} as const satisfies Record<string, ProxyDirective>;

/** A message that is allowed and cannot arrive at the speed of its network. */
function warnOfCuts(
  { maxMessage = 0, bytes, burst = 1000 }: WebSocketLimits,
  { at }: Cursor,
  { problems }: Context,
): void {
  const most = bytes === undefined ? Infinity : (2 * bytes * burst) / 1000;
  if (maxMessage > most)
    problems.warning(
      at,
      `a message of ${maxMessage} bytes (max-message) that comes at once exceeds bytes-per-second: of ${bytes} per second at most ${most} come at once`,
    );
}
