import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Longest credentials that are decoded, in base64 characters: no user and password that a person types is near it. */
const MAX_LENGTH = 1024;
const BASIC = /^basic[ ]+([A-Za-z0-9+/_-]+={0,2})$/i;

/** A new key for every process: digests of passwords are compared, and none of them is worth keeping. */
const key = randomBytes(32);

/** User and password of an `Authorization: Basic …` field (RFC 7617), a character for each byte; undefined when it has none. */
export function basicCredentials(value: string): { readonly user: string; readonly password: string } | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const encoded = BASIC.exec(value.trim())?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Whether a field names one of these users with the right password. Every user is compared, in the same time whatever differs, so
 * that the time of the answer tells nothing.
 */
export function passwordChecker(
  users: readonly { readonly name: string; readonly password: string }[],
): (value: string) => boolean {
  const digests = users.map(({ name, password }) => digest(`${name}:${password}`, 'utf8'));
  return (value) => {
    const given = basicCredentials(value);
    if (given === undefined) return false;
    const wanted = digest(`${given.user}:${given.password}`, 'latin1');
    let found = false;
    for (const one of digests) if (timingSafeEqual(one, wanted)) found = true;
    return found;
  };
}

function digest(text: string, encoding: 'utf8' | 'latin1'): Buffer {
  return createHmac('sha256', key).update(Buffer.from(text, encoding)).digest();
}
