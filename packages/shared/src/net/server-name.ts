import { isIP } from 'node:net';
import type { X509Certificate } from 'node:crypto';

/** What a name can be that is sent to a server (RFC 6066 §3: an address cannot). */
export function isServerName(name: string): boolean {
  return /^[\w.*-]{1,255}$/.test(name) && isIP(name) === 0;
}

/**
 * Whether a certificate is for a name or an address. As in HAProxy: a DNS name of its subjectAltName or a common name of its subject,
 * where one `*` may stand for any part of the leftmost label; and unlike there an IP address of its subjectAltName.
 */
export function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0 && certificate.checkIP(name) !== undefined) return true;
  return /^[\w.*:-]{1,255}$/.test(name) && namesOf(certificate).some((pattern) => matchesName(pattern, name));
}

/** DNS names of subjectAltName and common names. One with characters that no host name has is quoted by the runtime, and is left out. */
function namesOf({ subjectAltName = '', subject }: X509Certificate): readonly string[] {
  const alternative = subjectAltName.split(', ').flatMap((entry) => /^DNS:([\w.*-]+)$/.exec(entry)?.[1] ?? []);
  const common = (subject ?? '').split('\n').flatMap((line) => /^CN=([\w.*:-]+)$/.exec(line)?.[1] ?? []);
  return [...alternative, ...common];
}

/** RFC 6125 §6.4.3, with the freedom that HAProxy has in it: `*.internal` is a pattern too. */
export function matchesName(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
  if (wanted === given) return true;
  const [leftmost = '', ...others] = wanted.split('.');
  const [label = '', ...rest] = given.split('.');
  const parts = leftmost.split('*');
  const [before = '', after = ''] = parts;
  if (parts.length !== 2 || others.length === 0 || others.join('.') !== rest.join('.')) return false;
  return label.length >= before.length + after.length && label.startsWith(before) && label.endsWith(after);
}
