/** What a frontend keeps of requests and responses. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { ProxyDirective } from '../directive.ts';
import { FRONTENDS } from '../sections.ts';

/** More of a value would be most of a head. */
const MAX_LENGTH = 65_535;

export const captures = {
  capture: {
    sections: FRONTENDS,
    doc: "`capture request|response header NAME len N` keeps the last value of a header, at most N bytes, for log lines (`{…}`, `%hr`, `%hs`), `capture.req.hdr` and `capture.res.hdr`: of a request as it came, of a server's response before rules change it. `capture cookie NAME len N` keeps the first cookie whose name begins so (`%CC`, `%CS`).",
    example:
      'capture request header User-Agent len 64\ncapture response header Content-Length len 12\ncapture cookie SESSION len 32',
    apply(cursor, draft) {
      const what = cursor.choice('capture', ['request', 'response', 'cookie']);
      if (what === undefined) return;
      if (what !== 'cookie' && cursor.choice('part of a message', ['header']) === undefined) return;
      const name = cursor.need(what === 'cookie' ? 'the beginning of the name of a cookie' : 'the name of a header');
      const length = readLength(cursor);
      if (name === undefined || length === undefined) return;
      if (what === 'cookie') draft.captures.cookie = { name: name.text, length };
      else draft.captures[what].push({ header: name.text.toLowerCase(), length });
    },
  },
  declare: {
    sections: FRONTENDS,
    doc: '`declare capture request|response len N`: a slot that `http-request capture … id` or `http-response capture … id` fills. Slots count from 0, those of `capture` included, in the order of their lines.',
    example: 'declare capture request len 32',
    strict: true,
    apply(cursor, draft) {
      if (cursor.choice('thing to declare', ['capture']) === undefined) return;
      const what = cursor.choice('side', ['request', 'response']);
      const length = what === undefined ? undefined : readLength(cursor);
      if (what !== undefined && length !== undefined) draft.captures[what].push({ header: undefined, length });
    },
  },
} as const satisfies Record<string, ProxyDirective>;

function readLength(cursor: Cursor): number | undefined {
  if (cursor.choice('word', ['len']) === undefined) return undefined;
  const length = cursor.integer('a number of bytes', 1, MAX_LENGTH);
  cursor.end();
  return length;
}
