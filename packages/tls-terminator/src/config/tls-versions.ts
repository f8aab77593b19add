import type { SecureVersion } from 'node:tls';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { oneOf } from './values.ts';

/** Oldest first. */
export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[];

/**
 * A protocol version, or `all`. SSL 2 and 3 are gone from every TLS library in use: as the oldest version allowed they are `all`,
 * as the only or the newest one they would leave nothing.
 */
export function tlsVersion(value: Word, problems: Problems, bound?: 'oldest'): SecureVersion | 'all' | undefined {
  if (/^sslv[23]$/i.test(value.text)) {
    const message = `${value.text} is broken and no longer exists in OpenSSL; the oldest secure version is TLSv1.2`;
    if (bound === 'oldest') problems.warning(value.at, message);
    else problems.error(value.at, message);
    return bound === 'oldest' ? 'all' : undefined;
  }
  const version = oneOf(value, ['all', ...TLS_VERSIONS], problems);
  if (version === 'TLSv1' || version === 'TLSv1.1') {
    problems.warning(
      value.at,
      `${version} is obsolete (RFC 8996) and works only together with 'securityLevel = 0' and older ciphers`,
    );
  }
  return version;
}
