import type { Fields } from './fields.ts';

/** Schemes that log in a connection, not a request (RFC 4559 and MS-NTHT): the server trusts whatever comes on it later. */
const bindsConnection = /(?:^|,)[ \t]*(?:ntlm|negotiate|nego2|kerberos)(?=[ \t,]|$)/i;

/** The value of an Authorization field, or of one that asks for it, speaks of such a scheme. */
export function bindsItsConnection(value: string): boolean {
  return bindsConnection.test(value);
}

/** A field of one of these two names speaks of such a scheme. */
function mentions({ names, values }: Fields, own: string, proxy: string): boolean {
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at];
    if ((name === own || name === proxy) && bindsItsConnection(values[at] ?? '')) return true;
  }
  return false;
}

/** The request logs its connection in. */
export function logsIn(fields: Fields): boolean {
  return mentions(fields, 'authorization', 'proxy-authorization');
}

/** The answer asks for such a login, or goes on with one. */
export function asksForLogin(fields: Fields): boolean {
  return mentions(fields, 'www-authenticate', 'proxy-authenticate');
}
