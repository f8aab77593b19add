import { basicChallenge, isRealm } from '../challenge.ts';
import { errorAnswerWith } from '../../http/error-answers.ts';
import type { RequestOutcome } from '../../model/snapshot.ts';
import { conditionOf } from '../action.ts';
import type { Action } from '../action.ts';

/** `auth [realm TEXT]`: asks for a user and a password, in the name of the proxy unless a realm is given. */
export const auth: Action = {
  compile(keyword, words, context) {
    const given = words[0]?.text === 'realm';
    const [, realm] = words;
    if (given && (realm === undefined || realm.text === '')) {
      context.problems.error(words[0]?.at ?? keyword.at, "'realm' needs a text");
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(given ? 2 : 0), context);
    if (condition === undefined) return undefined;
    const name = given ? (realm?.text ?? '') : (context.proxy ?? '');
    if (!isRealm(name)) {
      context.problems.error(realm?.at ?? keyword.at, 'a realm cannot hold control characters');
      return undefined;
    }
    const challenge = basicChallenge(name);
    const answer = errorAnswerWith(401, [['www-authenticate', challenge]]);
    const outcome: RequestOutcome = { kind: 'respond', answer, state: 'L', erred: true };
    return { act: () => outcome, reads: [], condition };
  },
};
