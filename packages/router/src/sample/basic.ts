import type { RequestFacts } from '../model/facts.ts';

/** The credentials of basic authentication (RFC 7617), a character for each byte; undefined without any. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The credentials in the first Authorization header. As in HAProxy their base64 must be complete, padding included. */
export function basicCredentials(request: RequestFacts): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(request.header('authorization')[0] ?? '') ?? [];
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
