import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { ours } from './ours.ts';

/** The router with HAProxy's configuration file and one of its engines. */
function router(title: string, engine: string): Contender {
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'router.cfg': haproxyConfig(place, { frontend: [`engine ${engine}`] }) },
        command: [...ours('router'), '-f', join(place.directory, 'router.cfg')],
      },
    ],
  };
}

export const routerWire = router('router', 'wire');
export const routerHttpProxy = router('router, engine http-proxy', 'http-proxy');
