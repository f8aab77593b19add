import type { Evaluation } from '../../model/evaluation.ts';
import { positive, required } from '../arguments.ts';
import { single } from '../row.ts';
import type { AnyReading, Fetch } from '../row.ts';

function slot(side: 'request' | 'response', name: string, doc: string): Fetch {
  return {
    type: 'str',
    args: [required('slot', positive)],
    reads: ['captures'],
    doc,
    example: `${name}(0)`,
    compile(args): AnyReading {
      const index = args.number(0);
      return single('text', (on: Evaluation) => on.captures?.[side][index]);
    },
  };
}

/** Fetches of what was captured (HAProxy manual §7.3.6). */
export const captured: Readonly<Record<string, Fetch>> = {
  'capture.req.hdr': slot('request', 'capture.req.hdr', 'The value in a capture slot of the request, from 0.'),
  'capture.res.hdr': slot('response', 'capture.res.hdr', 'The value in a capture slot of the response, from 0.'),
};
