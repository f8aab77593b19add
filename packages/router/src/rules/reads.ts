import type { Condition } from '../model/snapshot.ts';
import type { Read } from '../model/values.ts';

/** What rules read, conditions and actions together. Call it when all ACLs are known: a later line may add to an ACL in use. */
export function readsOf(
  rules: readonly { readonly when: Condition | undefined; readonly reads?: readonly Read[] }[],
): readonly Read[] {
  const reads = new Set<Read>();
  for (const { when, reads: own = [] } of rules) {
    for (const read of own) reads.add(read);
    for (const term of when?.outline?.alternatives.flat() ?? [])
      for (const criterion of term.criteria) for (const read of criterion.reads) reads.add(read);
  }
  return [...reads];
}
