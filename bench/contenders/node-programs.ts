import { fileURLToPath } from 'node:url';
import type { Contender, Place } from '../contender.ts';

/** One of the small programs in bench/programs: `node PROGRAM PORT ORIGIN …`. */
function program(
  title: string,
  file: string,
  options: (place: Place) => readonly string[] = () => [],
  traits: Pick<Contender, 'library'> & { readonly tls?: boolean } = {},
): Contender {
  const path = fileURLToPath(new URL(`../programs/${file}`, import.meta.url));
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    ...traits,
    parts: (place) => [
      {
        listens: place.accept,
        command: [process.execPath, path, String(place.accept), String(place.connect), ...options(place)],
      },
    ],
  };
}

const LIBRARY = { library: true } as const;
const keepAlive = (): readonly string[] => ['keep-alive'];

export const pipe = program('a bare pipe in Node', 'pipe.mjs');
export const tlsPipe = program('bare TLS in Node', 'tls-pipe.mjs', ({ certificate }) => [certificate], { tls: true });
export const httpProxy = program('http-proxy 1.18.1, keep-alive agent', 'http-proxy.mjs', keepAlive, LIBRARY);
export const httpProxyAsItComes = program('http-proxy 1.18.1, as it comes', 'http-proxy.mjs', undefined, LIBRARY);
export const httpProxy3 = program('http-proxy-3 2.0.1, keep-alive agent', 'http-proxy-3.mjs', keepAlive, LIBRARY);
export const httpxy = program('httpxy 0.5.6, keep-alive agent', 'httpxy.mjs', keepAlive, LIBRARY);
