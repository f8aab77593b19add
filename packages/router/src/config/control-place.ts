import type { Word } from '@headgate/shared/config/raw';
import { readAddress } from './address.ts';
import type { Context } from './directive.ts';

/** A path, or an address with one port; a problem and undefined for anything else. */
export function controlPlace(
  written: Word,
  context: Context,
):
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | undefined {
  const found = readAddress(written, context);
  if (found === undefined) return undefined;
  const { word, address } = found;
  // `haproxy.sock`: a path without a slash is one too.
  if (address.kind === 'unix') return { kind: 'unix', path: address.path };
  if (address.kind === 'tcp' && address.port !== undefined && address.last === undefined)
    return { kind: 'tcp', host: address.host, port: address.port };
  context.problems.error(
    word.at,
    address.kind === 'error' ? address.message : `'${word.text}' is neither a path nor an address with one port`,
  );
  return undefined;
}
