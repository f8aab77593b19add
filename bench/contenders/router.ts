import { join } from 'node:path';
import type { Contender } from '../contender.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { ours, oursBefore } from './ours.ts';

/** The router with HAProxy's configuration file and these lines in its frontend. */
export function router(title: string, frontend: readonly string[], start: typeof ours = ours): Contender {
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    parts: (place) => [
      {
        listens: place.accept,
        files: { 'router.cfg': haproxyConfig(place, { frontend }) },
        command: [...start('router'), '-f', join(place.directory, 'router.cfg')],
      },
    ],
  };
}

export const routerWire = router('router', ['engine wire']);
export const routerBefore = router('router before', ['engine wire'], oursBefore);
export const routerHttpProxy = router('router, engine http-proxy', ['engine http-proxy']);
