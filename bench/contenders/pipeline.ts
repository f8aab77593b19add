import { join } from 'node:path';
import type { Contender, Place } from '../contender.ts';

/** A terminator in front of a router, with a PROXY header between them, over loopback TCP or a unix socket. */
export function pipeline(terminator: Contender, router: Contender, over: 'tcp' | 'unix' = 'tcp'): Contender {
  const between = (place: Place): number | string =>
    over === 'tcp' ? place.between : join(place.directory, 'between.sock');
  return {
    title: `${terminator.title} + ${router.title}${over === 'unix' ? ', unix socket' : ''}`,
    needs: [...terminator.needs, ...router.needs],
    compiles: terminator.compiles || router.compiles,
    tls: true,
    parts: (place) => [
      ...router.parts({ ...place, accept: between(place), proxied: true }),
      ...terminator.parts({ ...place, connect: between(place), proxied: true }),
    ],
  };
}
