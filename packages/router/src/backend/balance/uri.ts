import type { Algorithm, Candidate, Chooser, Setup } from './algorithm.ts';
import { sdbm } from '../../sample/hash.ts';
import { createLookup } from './lookup.ts';
import { sole } from './sole.ts';

/** `balance uri [whole] [path-only] [len N] [depth N]`: one target, one server. For servers that cache. */
export const uri: Algorithm = {
  free: false,
  create<C extends Candidate>(usable: readonly C[], { args, hash }: Setup): Chooser<C> {
    const only = sole(usable);
    if (only !== undefined) return only;
    const lookup = createLookup(usable, hash);
    const whole = args.includes('whole');
    const pathOnly = args.includes('path-only');
    const length = option(args, 'len');
    const depth = option(args, 'depth');
    return {
      choose({ target }, avoid) {
        const start = pathOnly ? pathStart(target) : 0;
        return lookup(sdbm(target, start, hashedEnd(target, start, whole, length, depth)), avoid);
      },
    };
  },
};

function option(args: readonly string[], name: string): number {
  const at = args.indexOf(name);
  return at === -1 ? 0 : Number(args[at + 1]);
}

/** Where the path begins: after `scheme://authority` when the target has one. */
function pathStart(target: string): number {
  if (target.startsWith('/')) return 0;
  const scheme = target.indexOf('://');
  const slash = scheme === -1 ? -1 : target.indexOf('/', scheme + 3);
  return slash === -1 ? 0 : slash;
}

/** `len N` stops after N characters, `depth N` before slash N + 1, `whole` goes past the `?`. 0 is no limit. */
function hashedEnd(target: string, start: number, whole: boolean, length: number, depth: number): number {
  const end = length > 0 ? Math.min(target.length, start + length) : target.length;
  let slashes = 0;
  for (let i = start; i < end; i++) {
    const code = target.charCodeAt(i);
    if (code === 0x3f && !whole) return i;
    if (code === 0x2f && depth > 0 && ++slashes > depth) return i;
  }
  return end;
}
