import { extname } from 'node:path';
import type { Reads } from '@headgate/shared/process/reads';
import { MAX_CONFIGURATION } from '@headgate/shared/process/regular-file';

/** Which half reads which of the files. */
export interface Sorted {
  readonly router: readonly string[];
  readonly terminator: readonly string[];
}

/** The first section of a haproxy.cfg or a router.yaml. */
const ROUTERS = /^(?:global|defaults|frontends?|backends?|listens?|userlists?|peers|resolvers)(?=[\s:])(?!\s*=)/m;
/** The first service of a stunnel.conf, whose name may have blanks, or of a tls-terminator.yaml. */
const TERMINATORS = /^(?:services\s*:|[ \t]*\[[^\]\n]+\][ \t]*\r?$)/m;

/** The top of a file for both: `router:` and `terminator:`, each with the configuration of one (shared/config/from-yaml.ts). */
const ROUTERS_PART = /^router\s*:/m;
const TERMINATORS_PART = /^terminator\s*:/m;

/**
 * A file is the terminator's when it looks like a stunnel.conf or holds `services:`, and both halves' when it has a part for each; all
 * others are the router's, which reports what it cannot read.
 */
export function sorted(files: readonly string[], reads: Reads): Sorted {
  const halves = files.map((file) => ({ file, ...halvesOf(file, reads.configurationText(file, MAX_CONFIGURATION)) }));
  return {
    router: halves.filter(({ router }) => router).map(({ file }) => file),
    terminator: halves.filter(({ terminator }) => terminator).map(({ file }) => file),
  };
}

function halvesOf(file: string, text: unknown): { readonly router: boolean; readonly terminator: boolean } {
  const conf = extname(file) === '.conf';
  if (typeof text !== 'string') return { router: !conf, terminator: conf };
  const routers = ROUTERS.test(text);
  const parts = !routers && !conf && (ROUTERS_PART.test(text) || TERMINATORS_PART.test(text));
  if (parts) return { router: ROUTERS_PART.test(text), terminator: TERMINATORS_PART.test(text) };
  const terminator = !routers && TERMINATORS.test(text);
  return { router: !terminator, terminator };
}
