/** Kinds of parameters of `server`: each is one line in its table. */
import type { ServerParameters } from './server-draft.ts';
import type { ServerParameter } from './server-connections.ts';

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
