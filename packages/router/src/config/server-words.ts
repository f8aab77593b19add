/** What a word of `server` is, and the kinds that are one line in a table. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { ExpressionContext } from '../sample/expression.ts';
import type { Context } from './directive.ts';
import type { ServerParameters } from './server-draft.ts';

/** One word on a `server` or `default-server` line. */
export interface ServerParameter {
  readonly doc: string;
  readonly example: string;
  apply(parameters: ServerParameters, cursor: Cursor, context: ServerContext): void;
}

/** What a `server` line is read with. */
export interface ServerContext extends Context {
  /** What its expressions are compiled with; absent where no request could give them a value. */
  readonly expressions?: ExpressionContext;
}

/** The largest number that HAProxy reads. */
export const MOST = 2_147_483_647;

type NumberField =
  | 'errorLimit'
  | 'number'
  | 'weight'
  | 'maxconn'
  | 'minconn'
  | 'maxqueue'
  | 'rise'
  | 'fall'
  | 'agentPort'
  | 'poolMaxConn';
type DurationField = 'slowstart' | 'inter' | 'agentInter' | 'fastinter' | 'downinter' | 'poolPurgeDelay';

export function number(
  name: string,
  field: NumberField,
  min: number,
  max: number,
  value: number,
  doc: string,
): ServerParameter {
  return {
    doc,
    example: `${name} ${value}`,
    apply(parameters, cursor) {
      const read = cursor.integer('a number', min, max);
      if (read !== undefined) parameters[field] = read;
    },
  };
}

export function duration(
  name: string,
  field: DurationField,
  least: number,
  value: string,
  doc: string,
): ServerParameter {
  return {
    doc,
    example: `${name} ${value}`,
    apply(parameters, cursor, { problems }) {
      const read = cursor.duration('a duration');
      if (read !== undefined && read < least) problems.error(cursor.at, `'${name}' must be at least ${least}ms`);
      else if (read !== undefined) parameters[field] = read;
    },
  };
}

export function flag(example: string, set: (parameters: ServerParameters) => void, doc: string): ServerParameter {
  return { doc, example, apply: set };
}
