import type { RequestFacts } from '../../facts.ts';
import type { Fetch, Reader } from '../fetch.ts';
import { someParameter } from '../lists.ts';

/**
 * The values of a parameter of the query, not decoded: `urlp([NAME[,DELIMITER]])`, also `url_param`. With a delimiter the parameters
 * start after its first occurrence in the target: `urlp(j,;)` reads `/a;j=9`.
 */
export const urlp: Fetch = { needs: 'request', type: 'string', compile: parameters };

function parameters(args: readonly string[]): Reader<RequestFacts, string> | string {
  const [name = '', delimiter = '?', ...more] = args;
  if (more.length > 0 || delimiter.length !== 1) return 'takes a name and a one-character delimiter: urlp(NAME[,DELIMITER])';
  return (test) => ({ target }) => {
    const start = target.indexOf(delimiter);
    return start >= 0 && someParameter(target.slice(start + 1), name, delimiter, test);
  };
}
