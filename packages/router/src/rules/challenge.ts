import { headerSafe } from './header-safe.ts';

/**
 * What asks for a user and a password (RFC 7617 §2). The realm is the text of a quoted string: as in HAProxy `\(` stays as it is, which is a
 * bracket there (RFC 9110 §5.6.4); what would end the string is escaped. Its bytes are those of the file, as are those of all headers.
 */
export function basicChallenge(realm: string): string {
  const text = Buffer.from(realm).toString('latin1');
  return `Basic realm="${text.replaceAll(/\\.|["\\]/g, (found) => (found.length > 1 ? found : `\\${found}`))}"`;
}

/** Whether a text can be a realm: no control characters, which could start another line. */
export function isRealm(text: string): boolean {
  return headerSafe(text) === text;
}
