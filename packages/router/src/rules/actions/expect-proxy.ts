import { conditionOf } from '../action.ts';
import type { Action } from '../action.ts';

/** `expect-proxy layer4`: a PROXY header must come before anything else. */
export const expectProxy: Action = {
  compile(keyword, words, context) {
    const [layer] = words;
    if (layer?.text !== 'layer4') {
      context.problems.error((layer ?? keyword).at, "expect-proxy needs 'layer4'");
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(1), context);
    if (condition === undefined) return undefined;
    return { act: () => ({ kind: 'expect-proxy' }), reads: [], condition, demandsProxy: true };
  },
};
