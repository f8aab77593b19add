import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action } from '../action.ts';
import { operands } from '../action.ts';
import { ACME_BACKEND } from '../../model/vocabulary.ts';

/**
 * `use-backend headgate-acme`: the request goes to that backend at once, without the rules that follow. It takes the place of a rule
 * that answers challenges from a map (config/certificates.ts), and is not for configurations.
 */
export const useBackend: Action = {
  compile(keyword, words, context) {
    const [name] = operands(keyword, words, ['backend'], context) ?? [];
    if (name === undefined) return undefined;
    if (name.text !== ACME_BACKEND) {
      context.problems.error(keyword.at, "'use-backend' is not an action of 'http-request': write 'use_backend'");
      return undefined;
    }
    const outcome: RequestOutcome = { kind: 'backend', name: name.text };
    return { act: () => outcome, reads: [], condition: words.slice(1) };
  },
};
