import type { MatchName } from './matches.ts';

/** An ACL keyword that combines a fetch with a match: HAProxy's list of ACL keywords (`haproxy -dKacl`). */
export interface AclKeyword {
  readonly fetch: string;
  readonly match: MatchName;
}

/** Suffixes of the name of a text fetch: `hdr_beg`, `path_dir`. */
export const matchSuffixes = ['beg', 'dir', 'dom', 'end', 'len', 'reg', 'sub'] as const satisfies readonly MatchName[];

/** Fetches that have all of these suffixes, by the start of the keywords. */
export const suffixed: Readonly<Record<string, string>> = {
  base: 'base',
  cook: 'req.cook',
  hdr: 'req.hdr',
  path: 'path',
  scook: 'res.cook',
  shdr: 'res.hdr',
  url: 'url',
  urlp: 'urlp',
};

export const aclKeywords: ReadonlyMap<string, AclKeyword> = new Map([
  ...Object.entries(suffixed).flatMap(([start, fetch]) =>
    matchSuffixes.map((match): [string, AclKeyword] => [`${start}_${match}`, { fetch, match }]),
  ),
  ['ssl_fc_sni_end', { fetch: 'ssl_fc_sni', match: 'end' }],
  ['ssl_fc_sni_reg', { fetch: 'ssl_fc_sni', match: 'reg' }],
]);
