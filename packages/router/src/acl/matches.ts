import { beg } from './matches/beg.ts';
import { bool } from './matches/bool.ts';
import { dir } from './matches/dir.ts';
import { dom } from './matches/dom.ts';
import { end } from './matches/end.ts';
import { found } from './matches/found.ts';
import { int } from './matches/int.ts';
import { ip } from './matches/ip.ts';
import { len } from './matches/len.ts';
import { reg } from './matches/reg.ts';
import { str } from './matches/str.ts';
import { sub } from './matches/sub.ts';
import type { SampleType } from './fetch.ts';
import type { Match } from './match.ts';

/** Every match by the word `-m` takes (HAProxy configuration manual §7.1). */
export const matches = { beg, bool, dir, dom, end, found, int, ip, len, reg, str, sub } as const satisfies Record<
  string,
  Match
>;

/** How samples are compared when nothing else is said. */
export const defaultMatch = {
  string: 'str',
  integer: 'int',
  boolean: 'bool',
  address: 'ip',
} as const satisfies Record<SampleType, keyof typeof matches>;

/** What may follow a fetch's name: `hdr_beg`, `path_dir`. */
export const matchSuffixes = [
  'beg',
  'dir',
  'dom',
  'end',
  'len',
  'reg',
  'sub',
] as const satisfies readonly (keyof typeof matches)[];
