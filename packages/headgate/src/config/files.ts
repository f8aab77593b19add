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
/** The first service of a stunnel.conf or a tls-terminator.yaml. */
const TERMINATORS = /^(?:services\s*:|\[[^\]\s]+\]\s*$)/m;

/** A file is the terminator's when it looks like a stunnel.conf or holds `services:`; all others are the router's, which reports what it cannot read. */
export function sorted(files: readonly string[], reads: Reads): Sorted {
  const terminator = files.filter((file) => isTerminators(file, reads.configurationText(file, MAX_CONFIGURATION)));
  return { router: files.filter((file) => !terminator.includes(file)), terminator };
}

function isTerminators(file: string, text: unknown): boolean {
  if (typeof text !== 'string') return extname(file) === '.conf';
  return TERMINATORS.test(text) && !ROUTERS.test(text);
}
