import { join } from 'node:path';
import type { Contender, Part, Place } from '../contender.ts';
import { haproxyConfig } from './haproxy-config.ts';

/** HAProxy with the article's rules, in one thread. */
export const haproxy: Contender = {
  title: 'HAProxy',
  needs: ['haproxy'],
  compiles: false,
  tls: false,
  parts: (place) => [part(place, '')],
};

/** HAProxy with its own TLS: the usual setup today. */
export const haproxyTls: Contender = {
  ...haproxy,
  title: "HAProxy's own TLS",
  tls: true,
  parts: (place) => [part(place, `ssl crt ${place.certificate}`)],
};

function part(place: Place, bind: string): Part {
  return {
    listens: place.accept,
    files: { 'haproxy.cfg': haproxyConfig(place, { bind }) },
    command: ['haproxy', '-db', '-f', join(place.directory, 'haproxy.cfg')],
  };
}
