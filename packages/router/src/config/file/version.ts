/** The release of HAProxy whose language the router speaks; conditions of a configuration compare with it. */
export const HAPROXY_VERSION = '2.6.12';

/**
 * The features that HAProxy 2.6 is usually built with (`haproxy -vv`), for `feature(NAME)`. LUA and OT are not among them: lines
 * that need them cannot work here, and a file that asks has lines for their absence. OPENSSL is, because the TLS of the pair is
 * the terminator's: what a file says of TLS must be reported, not passed over.
 */
export const FEATURES: ReadonlySet<string> = new Set(
  `ACCEPT4 BACKTRACE CPU_AFFINITY CRYPT_H DL EPOLL GETADDRINFO LIBCRYPT LINUX_SPLICE LINUX_TPROXY NETFILTER NS OPENSSL PCRE2
  PCRE2_JIT POLL PRCTL PROMEX RT SLZ SYSTEMD TFO THREAD THREAD_DUMP TPROXY`.split(/\s+/),
);

/** Whether a version is older than another. Missing parts are 0; `-dev` and `-rc` come before their release, `-N` commits after it. */
export function isBefore(version: string, other: string): boolean {
  const [one, two] = [parts(version), parts(other)];
  const differing = one.findIndex((part, index) => part !== two[index]);
  return differing >= 0 && (one[differing] ?? 0) < (two[differing] ?? 0);
}

/** Major, minor, patch, what kind of release, and its number. */
function parts(version: string): readonly number[] {
  const found = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-(dev|rc)?(\d+))?/.exec(version);
  if (found === null) return [0, 0, 0, 0, 0];
  const [, major, minor, patch, kind, count] = found;
  const stage = kind === 'dev' ? -2 : kind === 'rc' ? -1 : 0;
  return [major, minor, patch, stage, count].map((part) => Number(part ?? 0));
}
