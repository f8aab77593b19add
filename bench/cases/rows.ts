import { contenders } from '../contenders.ts';
import type { ContenderName } from '../contenders.ts';
import { BEFORE } from '../contenders/ours.ts';
import type { Row } from '../measure/sample.ts';

/** The peer of a contender: the first of these in its case, unless it is the contender itself. */
const PEERS: Partial<Record<ContenderName, readonly ContenderName[]>> = {
  terminator: ['stunnel'],
  'tls-pipe': ['stunnel'],
  hitch: ['stunnel'],
  pipeline: ['stunnel+haproxy'],
  'pipeline-unix': ['stunnel+haproxy'],
  'hitch+haproxy': ['stunnel+haproxy'],
  'haproxy-tls': ['stunnel+haproxy', 'stunnel'],
  'router-applications': ['haproxy-applications'],
  'haproxy-map': ['haproxy-applications'],
  'router-two': ['haproxy-two'],
  'haproxy-two': [],
  'router-limit': ['haproxy-limit'],
  'haproxy-limit': ['haproxy'],
  'router-edits': ['haproxy-edits'],
  'haproxy-edits': ['haproxy'],
  'haproxy-applications': [],
  'router-tcp': ['haproxy-tcp'],
  'haproxy-tcp': [],
  stunnel: [],
  'stunnel+haproxy': [],
  direct: [],
  'router-before': ['router'],
  'terminator-before': ['terminator'],
  'pipeline-before': ['pipeline'],
};

/** Rows by the names of their contenders. Those of another clone are there when it is. */
export function rowsOf(all: readonly ContenderName[], place: Row['place'] = {}): readonly Row[] {
  const names = all.filter((name) => BEFORE !== undefined || !name.endsWith('-before'));
  return names.map((contender) => {
    const peer = (PEERS[contender] ?? ['haproxy']).find((name) => names.includes(name) && name !== contender);
    return {
      name: contenders[contender].title,
      contender,
      ...(peer === undefined ? {} : { peer: contenders[peer].title }),
      place,
    };
  });
}

export const ROUTERS = rowsOf([
  'router',
  'router-before',
  'haproxy',
  'nginx',
  'pipe',
  'router-http-proxy',
  'http-proxy',
  'http-proxy-as-it-comes',
  'http-proxy-3',
  'httpxy',
]);
export const TERMINATORS = rowsOf(['terminator', 'terminator-before', 'tls-pipe', 'stunnel', 'hitch']);
export const PIPELINES = rowsOf([
  'pipeline',
  'pipeline-before',
  'pipeline-unix',
  'stunnel+haproxy',
  'hitch+haproxy',
  'haproxy-tls',
]);
