import { join } from 'node:path';
import type { Contender, Part, Place } from '../contender.ts';
import { haproxyConfig, type HaproxyVariant } from './haproxy-config.ts';

/** HAProxy with the article's rules, in one thread. */
export const haproxy: Contender = {
  title: 'HAProxy',
  needs: ['haproxy'],
  compiles: false,
  tls: false,
  parts: (place) => [part(place)],
};

/** HAProxy with its own TLS: the usual setup today. */
export const haproxyTls: Contender = {
  ...haproxy,
  title: "HAProxy's own TLS",
  tls: true,
  parts: (place) => [part(place, { bind: `ssl crt ${place.certificate}` })],
};

/** HAProxy with these lines in its frontend. */
export function haproxyWith(title: string, frontend: readonly string[]): Contender {
  return { ...haproxy, title, parts: (place) => [part(place, { frontend })] };
}

function part(place: Place, variant?: HaproxyVariant): Part {
  return {
    listens: place.accept,
    files: { 'haproxy.cfg': haproxyConfig(place, variant) },
    command: ['haproxy', '-db', '-f', join(place.directory, 'haproxy.cfg')],
  };
}
