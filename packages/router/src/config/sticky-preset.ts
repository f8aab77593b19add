import type { Cursor } from '@headgate/shared/config/cursor';
import type { SessionLearning } from '../model/persistence.ts';
import type { Context } from './directive.ts';

/** `sticky socket.io [path PATH] [size N] [expire TIME]`. */
export function readStickyPreset(cursor: Cursor, { problems }: Context): SessionLearning | undefined {
  if (cursor.choice('preset', ['socket.io']) === undefined) return undefined;
  let path = '/socket.io';
  let size = 100_000;
  let expire = 300_000;
  for (;;) {
    if (cursor.accept('path')) {
      const word = cursor.need('a path');
      if (word !== undefined && !/^\/[!-~]+$/.test(word.text))
        problems.error(word.at, `'${word.text}' is not a path: it begins with / and names something`);
      path = word?.text.replace(/\/+$/, '') ?? path;
    } else if (cursor.accept('size')) size = cursor.integer('a number of sessions', 1, 10_000_000) ?? size;
    else if (cursor.accept('expire')) expire = cursor.duration('a duration') ?? expire;
    else return { path, size, expire };
  }
}
