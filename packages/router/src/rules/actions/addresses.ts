import type { Endpoint } from '@headgate/shared/net/endpoint';
import { isIP } from 'node:net';
import { castOf } from '../../sample/cast.ts';
import { compileExpression } from '../../sample/expression.ts';
import { typeNames } from '../../sample/value.ts';
import { conditionOf, goingOn, operands } from '../action.ts';
import type { Action } from '../action.ts';

/** `set-src EXPRESSION` and the like: rules, logs and headers from here on see another address or port. No value changes nothing. */
function setting(side: 'client' | 'destination', part: 'address' | 'port'): Action {
  return {
    compile(keyword, words, context) {
      const [text] = operands(keyword, words, ['expression'], context) ?? [];
      if (text === undefined) return undefined;
      const expression = compileExpression(text, context);
      const condition = conditionOf(keyword, words.slice(1), context);
      if (expression === undefined || condition === undefined) return undefined;
      const { reading, reads, type } = expression;
      const cast = castOf(type, part === 'address' ? 'addr' : 'sint');
      if (cast === undefined) {
        context.problems.error(text.at, `'${text.text}' is of type ${typeNames[type]}, which is no ${part}`);
        return undefined;
      }
      const act = goingOn((on) => {
        const found = reading.one(on);
        const value = found === undefined ? undefined : cast(found);
        const next = value === undefined ? undefined : changed(on.connection[side], part, value);
        if (next !== undefined) on.readdress?.({ [side]: next });
      });
      // A decision that depends on it would be remembered without it.
      return { act, reads: ['state', ...reads], condition };
    },
  };
}

function changed(endpoint: Endpoint, part: 'address' | 'port', value: unknown): Endpoint | undefined {
  if (part === 'address')
    return typeof value === 'string' && isIP(value) !== 0 ? { ...endpoint, address: value } : undefined;
  const port = Number(value);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? { ...endpoint, port } : undefined;
}

/** What gives a connection, or a request, other addresses. */
export const addresses: Readonly<Record<string, Action>> = {
  'set-src': setting('client', 'address'),
  'set-src-port': setting('client', 'port'),
  'set-dst': setting('destination', 'address'),
  'set-dst-port': setting('destination', 'port'),
};
