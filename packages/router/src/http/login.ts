import type { Fields } from './fields.ts';

/** Schemes that authenticate a connection, not a request (RFC 4559 and MS-NTHT): the server trusts every later request on it. */
const bindsConnection = /(?:^|,)[ \t]*(?:ntlm|negotiate|nego2|kerberos)(?=[ \t,]|$)/i;

/** True when the value of an Authorization or WWW-Authenticate field names such a scheme. */
export function bindsItsConnection(value: string): boolean {
  return bindsConnection.test(value);
}

/** True when a field with one of these two names uses such a scheme. */
function mentions({ names, values }: Fields, own: string, proxy: string): boolean {
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at];
    if ((name === own || name === proxy) && bindsItsConnection(values[at] ?? '')) return true;
  }
  return false;
}

/** True for a request that authenticates its connection. */
export function logsIn(fields: Fields): boolean {
  return mentions(fields, 'authorization', 'proxy-authorization');
}

/** True for a response that asks for such a login or continues one. */
export function asksForLogin(fields: Fields): boolean {
  return mentions(fields, 'www-authenticate', 'proxy-authenticate');
}
