import { integer, optional, required } from '../arguments.ts';
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
};
