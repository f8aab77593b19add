import type { Position } from '@headgate/shared/config/raw';
import { errorAnswer } from '../http/error-answers.ts';
import type { RequestOutcome, RequestRule } from '../model/snapshot.ts';
import type { Settings } from './draft.ts';

const CONTINUE: RequestOutcome = { kind: 'continue' };
const REFUSED: RequestOutcome = { kind: 'respond', answer: errorAnswer(403), state: 'P' };

/** As in lower case: letters, digits and hyphens. */
function isPlain(name: string): boolean {
  return /^[a-z0-9-]*$/.test(name);
}

/** `option http-restrict-req-hdr-names`, as the rule it is: it runs after the `http-request` rules of its proxy. */
export function headerNameRules(policy: Settings['headerNames'], at: Position): readonly RequestRule[] {
  if (policy === undefined || policy === 'preserve') return [];
  const act: RequestRule['act'] =
    policy === 'reject'
      ? (on) => (on.request.fields.names.every(isPlain) ? CONTINUE : REFUSED)
      : (on) => {
          if (!on.request.fields.names.every(isPlain)) on.request.edit?.().removeWhere((name) => !isPlain(name));
          return CONTINUE;
        };
  return [{ at, text: `option http-restrict-req-hdr-names ${policy}`, when: undefined, act, reads: ['headers'] }];
}
