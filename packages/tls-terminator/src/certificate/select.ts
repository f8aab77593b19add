import type { CertificateNames, NamedCertificate } from '../model/snapshot.ts';

/** A certificate, and the names it is for: `a.example.com`, `*.example.com`, `!b.example.com`. */
export interface Named {
  readonly certificate: NamedCertificate;
  readonly filters: readonly string[];
}

type Index = Pick<CertificateNames, 'exact' | 'wildcard'>;

/**
 * Names to certificates, found in constant time. The first certificate for a name keeps it, except that one with another kind of key
 * joins it: OpenSSL chooses between RSA and EC by what the client can verify. `!name` excludes a name from the wildcard above it, on
 * the same line.
 */
export function indexOf(all: readonly Named[]): Index {
  const exact = new Map<string, NamedCertificate | undefined>();
  const wildcard = new Map<string, NamedCertificate>();
  const excluded = new Set<string>();
  for (const { certificate, filters } of all) {
    for (const filter of filters) {
      const name = filter.toLowerCase();
      if (name.startsWith('!')) excluded.add(name.slice(1));
      else if (name.startsWith('*.')) add(wildcard, name.slice(2), certificate);
      else if (name !== '*') add(exact, name, certificate);
    }
  }
  for (const name of excluded) if (!exact.has(name)) exact.set(name, remaining(all, name));
  return { exact, wildcard };
}

/** The certificate for a name that some lines exclude: of the first line with the wildcard above it that does not, as in HAProxy. */
function remaining(all: readonly Named[], name: string): NamedCertificate | undefined {
  const above = `*${name.slice(Math.max(name.indexOf('.'), 0))}`;
  const has = ({ filters }: Named, wanted: string): boolean =>
    filters.some((filter) => filter.toLowerCase() === wanted);
  return all.find((line) => has(line, above) && !has(line, `!${name}`))?.certificate;
}

/** The certificate for a requested name (RFC 6066 §3); undefined: none is for it. A wildcard stands for one label (RFC 6125 §6.4.3). */
export function select({ exact, wildcard }: Index, requested: string): NamedCertificate | undefined {
  const name = requested.toLowerCase();
  if (exact.has(name)) return exact.get(name);
  const dot = name.indexOf('.');
  return dot < 1 ? undefined : wildcard.get(name.slice(dot + 1));
}

/** Whether a server name matches stunnel's pattern, in which a leading `*` stands for any beginning. */
export function matchesPattern(pattern: string, name: string): boolean {
  const wanted = name.toLowerCase();
  return pattern.startsWith('*') ? wanted.endsWith(pattern.slice(1)) : wanted === pattern;
}

/** OpenSSL holds one key of a kind in a context. */
function add<T extends NamedCertificate | undefined>(
  to: Map<string, T | NamedCertificate>,
  name: string,
  certificate: NamedCertificate,
): void {
  const before = to.get(name);
  if (before === undefined) {
    to.set(name, certificate);
    return;
  }
  const kinds = new Set(before.pairs.map(({ facts }) => kindOf(facts.keyAlgorithm)));
  const more = certificate.pairs.filter(({ facts }) => !kinds.has(kindOf(facts.keyAlgorithm)));
  if (more.length > 0 && before.variant === certificate.variant) to.set(name, joined(before, more));
}

/** The same object for the same certificates, so that names share what is made from it. */
const known = new WeakMap<
  NamedCertificate['pairs'][number],
  Map<NamedCertificate['pairs'][number], NamedCertificate>
>();

function joined(first: NamedCertificate, more: NamedCertificate['pairs']): NamedCertificate {
  const [a] = first.pairs;
  const [b] = more;
  if (a === undefined || b === undefined) return first;
  const partners = known.get(a) ?? new Map<NamedCertificate['pairs'][number], NamedCertificate>();
  known.set(a, partners);
  const same = partners.get(b);
  if (same !== undefined && same.variant === first.variant) return same;
  const made: NamedCertificate = { ...first, pairs: [...first.pairs, ...more] };
  partners.set(b, made);
  return made;
}

/** `RSA`, `EC`, `ED25519`. */
function kindOf(keyAlgorithm: string): string {
  return keyAlgorithm.replace(/^(RSA|EC)(?=\d).*/, '$1');
}
