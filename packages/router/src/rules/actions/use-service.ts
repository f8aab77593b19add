import { LUA } from '../../model/refusals.ts';
import { nearest } from '@headgate/shared/config/suggest';
import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action } from '../action.ts';
import { operands } from '../action.ts';

const NAME = 'prometheus-exporter';

/** `use-service prometheus-exporter`: answers with the metrics of the router. HAProxy's other services are written in Lua. */
export const useService: Action = {
  compile(keyword, words, context) {
    const [name] = operands(keyword, words, ['service'], context) ?? [];
    if (name === undefined) return undefined;
    if (name.text !== NAME) {
      const { problems } = context;
      if (name.text.startsWith('lua.')) problems.error(name.at, `not supported: '${name.text}' (${LUA})`);
      else problems.error(name.at, `unknown service '${name.text}'`, nearest(name.text, [NAME]) ?? NAME);
      return undefined;
    }
    const outcome: RequestOutcome = { kind: 'service', service: { kind: NAME } };
    return { act: () => outcome, reads: [], condition: words.slice(1) };
  },
};
