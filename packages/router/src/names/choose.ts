import { inAny, parseCidr } from '@headgate/shared/net/cidr';
import type { NameLookup } from '../model/names.ts';
import type { AnyRecord } from './records.ts';

/** What a server wishes of its address, made ready to be compared. */
export interface Preferences {
  readonly family: 'A' | 'AAAA';
  /** `resolve-net`. */
  readonly near: (address: string) => boolean;
  readonly duplicates: boolean;
}

export function preferencesOf({ prefer, networks, duplicates }: NameLookup): Preferences {
  const found = networks.map(parseCidr).filter((network) => network !== undefined);
  return { family: prefer === 4 ? 'A' : 'AAAA', near: found.length === 0 ? () => false : inAny(found), duplicates };
}

/**
 * HAProxy's choice among the addresses of a name. What counts, most first: the preferred family, a preferred network, that no other
 * server of the backend has it, that it is the present one. An address that `taken` says another server has is not chosen, unless
 * `duplicates` allows it; undefined when none is left.
 */
export function chooseAddress<Known extends { readonly record: AnyRecord }>(
  records: readonly Known[],
  { family, near, duplicates }: Preferences,
  current: string | undefined,
  taken: (known: Known) => boolean,
): Known | undefined {
  let best: Known | undefined;
  let most = -1;
  for (const known of records) {
    const { record } = known;
    if (record.type === 'SRV') continue;
    const elsewhere = taken(known);
    if (elsewhere && !duplicates) continue;
    const score =
      (record.type === family ? 8 : 0) +
      (near(record.address) ? 4 : 0) +
      (elsewhere ? 0 : 2) +
      (record.address === current ? 1 : 0);
    if (score > most) [best, most] = [known, score];
  }
  return best;
}
