import type { ResponseFacts } from '../../model/facts.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { numberFetch, textFetch, truthFetch } from '../row.ts';
import type { Fetch } from '../row.ts';

const reads = ['response'] as const;
const NONE: ResponseFacts = {
  status: 0,
  version: '1.1',
  reason: '',
  header: () => [],
  fields: { names: [], values: [] },
};

export function responseOf({ response }: Evaluation): ResponseFacts {
  return response ?? NONE;
}

const version: Fetch = textFetch(
  'str',
  { reads, doc: 'The protocol version of the response: 1.0 or 1.1.', example: 'res.ver' },
  (on) => on.response?.version,
);

/** Fetches of the status line (HAProxy manual §7.3.6). */
export const response: Readonly<Record<string, Fetch>> = {
  status: numberFetch({ reads, doc: 'The status code.', example: 'status' }, (on) => on.response?.status),
  'res.ver': version,
  resp_ver: version,
  'res.comp': truthFetch(
    {
      reads: ['state'],
      doc: 'Whether the response was compressed here. For log lines: rules on responses come before.',
      example: 'res.comp',
    },
    (on) => on.compressed !== undefined,
  ),
  'res.comp_algo': textFetch(
    'str',
    { reads: ['state'], doc: 'By which algorithm it was compressed.', example: 'res.comp_algo' },
    (on) => on.compressed,
  ),
  'capture.res.ver': textFetch(
    'str',
    { reads, doc: 'HTTP/1.0 or HTTP/1.1, of the response.', example: 'capture.res.ver' },
    (on) => (on.response === undefined ? undefined : `HTTP/${on.response.version}`),
  ),
};
