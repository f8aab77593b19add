import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { ours, oursBefore } from './ours.ts';

/** The router with HAProxy's configuration file and one of its engines. */
function router(title: string, engine: string, start: typeof ours = ours): Contender {
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'router.cfg': haproxyConfig(place, { frontend: [`engine ${engine}`] }) },
        command: [...start('router'), '-f', join(place.directory, 'router.cfg')],
      },
    ],
  };
}

export const routerWire = router('router', 'wire');
export const routerBefore = router('router before', 'wire', oursBefore);
export const routerHttpProxy = router('router, engine http-proxy', 'http-proxy');
