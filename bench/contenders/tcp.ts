import { join } from 'node:path';
import type { Contender, Place } from '../contender.ts';
import { ours } from './ours.ts';

/** The same bytes passed without being read: `mode tcp`, for HAProxy and the router alike. */
function config({ accept, connect, maxconn }: Place): string {
  return `
global
    maxconn ${maxconn}
    nbthread 1

defaults
    mode tcp
    timeout client 86400000
    timeout server 86400000
    timeout connect 100000

frontend all
    bind ${typeof accept === 'number' ? `127.0.0.1:${accept}` : accept}
    default_backend applications

backend applications
    server application 127.0.0.1:${connect}
`;
}

function tcp(title: string, command: readonly [string, ...string[]], needs: Contender['needs']): Contender {
  return {
    title,
    needs,
    compiles: needs.length === 0,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'tcp.cfg': config(place) },
        command: [...command, '-f', join(place.directory, 'tcp.cfg')],
      },
    ],
  };
}

export const routerTcp = tcp('router, mode tcp', ours('router'), []);
/** `-dS`: without splice(2), which Node.js does not have. */
export const haproxyTcp = tcp('HAProxy, mode tcp', ['haproxy', '-db', '-dS'], ['haproxy']);
