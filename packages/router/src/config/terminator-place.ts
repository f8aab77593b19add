import type { Frontend } from '../model/snapshot.ts';
import type { TerminatorPlace } from '../model/terminator-place.ts';
import type { CompileIo } from './directive.ts';
import type { GlobalDraft } from './draft.ts';

/** Where the terminator is asked about its certificates: where the configuration says, or between the halves of `headgate`. */
export function terminatorOf(
  { terminator }: GlobalDraft,
  frontends: readonly Frontend[],
  { privateSocket }: Pick<CompileIo, 'privateSocket'>,
): TerminatorPlace | undefined {
  if (terminator !== undefined) return { address: terminator, inside: false };
  const secure = frontends.some(({ binds }) => binds.some(({ tls }) => tls !== undefined));
  if (privateSocket === undefined || !secure) return undefined;
  return { address: { path: privateSocket('terminator', 'control') }, inside: true };
}
