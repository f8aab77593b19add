import { contenders } from '../contenders.ts';
import type { ContenderName } from '../contenders.ts';
import type { Row } from '../measure/sample.ts';

/** Rows by the names of their contenders. */
export function rowsOf(names: readonly ContenderName[], place: Row['place'] = {}): readonly Row[] {
  return names.map((contender) => ({ name: contenders[contender].title, contender, place }));
}

export const ROUTERS = rowsOf([
  'router',
  'haproxy',
  'nginx',
  'pipe',
  'router-http-proxy',
  'http-proxy',
  'http-proxy-as-it-comes',
  'http-proxy-3',
  'httpxy',
]);
export const TERMINATORS = rowsOf(['terminator', 'tls-pipe', 'stunnel', 'hitch']);
export const PIPELINES = rowsOf(['pipeline', 'pipeline-unix', 'stunnel+haproxy', 'hitch+haproxy', 'haproxy-tls']);
