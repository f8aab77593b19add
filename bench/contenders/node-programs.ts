import { fileURLToPath } from 'node:url';
import type { Contender } from '../contender.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../programs/${file}`, import.meta.url));

/** One of the small programs in bench/programs: `node PROGRAM PORT ORIGIN …`. */
function program(title: string, file: string, ...options: readonly string[]): Contender {
  const path = pathOf(file);
  return {
    title,
    needs: [],
    compiles: true,
    tls: false,
    parts: (place) => [{ listens: place.accept, command: [process.execPath, path, String(place.accept), String(place.connect), ...options] }],
  };
}

export const pipe = program('a bare pipe in Node', 'pipe.mjs');
export const tlsPipe: Contender = {
  title: 'bare TLS in Node',
  needs: [],
  compiles: true,
  tls: true,
  parts: (place) => [{ listens: place.accept, command: [process.execPath, pathOf('tls-pipe.mjs'), String(place.accept), String(place.connect), place.certificate] }],
};
export const httpProxy = program('http-proxy 1.18.1, keep-alive agent', 'http-proxy.mjs', 'keep-alive');
export const httpProxyAsItComes = program('http-proxy 1.18.1, as it comes', 'http-proxy.mjs');
export const httpProxy3 = program('http-proxy-3 2.0.1, keep-alive agent', 'http-proxy-3.mjs', 'keep-alive');
export const httpxy = program('httpxy 0.5.6, keep-alive agent', 'httpxy.mjs', 'keep-alive');
