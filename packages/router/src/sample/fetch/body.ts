import { NO_BODY } from '../../http/held-body.ts';
import type { BodyView } from '../../model/facts.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { Read } from '../../model/values.ts';
import { anyText, optional } from '../arguments.ts';
import { someParameter } from '../lists.ts';
import { numberFetch, several, textFetch } from '../row.ts';
import type { Fetch } from '../row.ts';

function family(
  prefix: 'req.' | 'res.',
  side: string,
  read: Read,
  of: (on: Evaluation) => BodyView,
): Readonly<Record<string, Fetch>> {
  const reads = [read];
  return {
    [`${prefix}body`]: textFetch(
      'bin',
      {
        reads,
        doc: `The body of the ${side}, as far as it is held here: what came with its head, or what \`wait-for-body\` waited for.`,
        example: `${prefix}body,length`,
      },
      (on) => of(on).text,
    ),
    [`${prefix}body_len`]: numberFetch(
      { reads, doc: `How many bytes of the body of the ${side} are held here.`, example: `${prefix}body_len` },
      (on) => of(on).length,
    ),
    [`${prefix}body_size`]: numberFetch(
      {
        reads,
        doc: `How long the body of the ${side} is: its Content-Length, or for one in chunks what has come of it.`,
        example: `${prefix}body_size`,
      },
      (on) => of(on).size,
    ),
  };
}

const requestBody = (on: Evaluation): BodyView => on.request.body?.() ?? NO_BODY;

/** Fetches of bodies (HAProxy manual §7.3.6). They see what is held in memory, at most what `tune.bufsize` leaves beside the head. */
export const bodies: Readonly<Record<string, Fetch>> = {
  ...family('req.', 'request', 'body', requestBody),
  'req.body_param': {
    type: 'bin',
    args: [optional('name', anyText)],
    reads: ['body'],
    doc: 'The values of a parameter of a form (`application/x-www-form-urlencoded`) in the body held here, not decoded; as a value the first.',
    example: 'req.body_param(user),url_dec',
    compile(args) {
      const name = args.text(0);
      return several('text', 'first', (test) => (on) => someParameter(requestBody(on).text, name, '&', test));
    },
  },
  ...family('res.', 'response', 'response-body', (on) => on.response?.body?.() ?? NO_BODY),
};
