import { integer, optional, required } from '../arguments.ts';
import { LENGTH_VALUE, lengthThenValue, placeOf } from './payload.ts';
import { numberFetch, single } from '../row.ts';
import type { Fetch } from '../row.ts';

const reads = ['received'] as const;

/** Fetches of the bytes that a server has sent to a health check (HAProxy manual §7.3.5). */
export const received: Readonly<Record<string, Fetch>> = {
  'res.len': numberFetch(
    { reads, doc: 'In a health check: the number of bytes received.', example: 'res.len' },
    (on) => on.received?.length,
  ),
  'res.payload': {
    type: 'bin',
    args: [required('offset', integer), optional('length', integer)],
    reads,
    doc: 'In a health check: bytes received, from an offset; a length of 0 is everything. No value when there are fewer.',
    example: 'res.payload(0,3)',
    compile(args) {
      const offset = args.number(0);
      const length = args.number(1);
      return single('text', ({ received: bytes }) => {
        if (bytes === undefined || bytes.length < offset + length || bytes.length <= offset) return undefined;
        return length === 0 ? bytes.slice(offset) : bytes.slice(offset, offset + length);
      });
    },
  },
  'res.payload_lv': {
    type: 'bin',
    args: LENGTH_VALUE,
    reads,
    doc: 'In a health check: bytes received whose length comes before them; as `req.payload_lv`.',
    example: 'res.payload_lv(0,2)',
    compile(args) {
      const place = placeOf(args);
      if (place[2] < 0) return 'begins before the first byte';
      return single('text', ({ received: bytes }) => {
        const found = bytes === undefined ? 'more' : lengthThenValue(bytes, place);
        if (found === 'more' || bytes === undefined) return undefined;
        const [from, to] = found;
        return to === from || bytes.length < to ? undefined : bytes.slice(from, to);
      });
    },
  },
};
