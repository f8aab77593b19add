import type { Problems } from '@headgate/shared/config/problem';
import type { Section, Word } from '@headgate/shared/config/raw';
import { hasFrontend } from './proxy-kind.ts';

/**
 * Constructs in a haproxy.cfg that later HAProxy versions refuse, or that are often misunderstood.
 * They are accepted with a warning. The YAML form does not have them.
 */
export function warnOfDoubts(section: Section, problems: Problems): void {
  const [address] = section.rest;
  const inFront = hasFrontend(section.kind);
  if (inFront && address !== undefined && address.text !== 'from') {
    problems.warning(
      address.at,
      `later HAProxy (2.6 for one) refuses an address on the '${section.kind}' line; it is read as 'bind ${address.text}'`,
    );
  }
  const acls = new Map<string, Word>();
  for (const { words } of section.statements) {
    const [keyword, name, criterion] = words;
    if (section.kind === 'global' && keyword.text === 'nbproc')
      problems.warning(keyword.at, "HAProxy refuses 'nbproc' since 2.5; it is read as the number of workers");
    if (keyword.text === 'acl' && name !== undefined && criterion !== undefined)
      warnOfOtherTest(acls, name, criterion, problems);
  }
}

/** Two lines on the same fetch read as alternatives; two on different fetches look as if both were required. */
function warnOfOtherTest(acls: Map<string, Word>, name: Word, criterion: Word, problems: Problems): void {
  const before = acls.get(name.text);
  if (before === undefined) acls.set(name.text, criterion);
  else if (before.text !== criterion.text) {
    problems.warning(
      name.at,
      `'${name.text}' also tests ${before.text} (line ${before.at.line}): lines with the same name are ORed; to require both, give them different names`,
    );
  }
}
