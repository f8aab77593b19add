import type { Origin, Reply } from './origin.ts';
import type { RawSocket } from './raw.ts';

const CHALLENGE = 'TlRMTVNTUAACAAAA';

function refusal(offer: string): string {
  return `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${offer}\r\nContent-Length: 2\r\n\r\nno`;
}

/**
 * Makes a server authenticate connections, as IIS does with NTLM: after three requests on one connection, everything
 * on it is trusted. `scheme` is the scheme as the server spells it; `offer` its challenge.
 */
export function logsConnectionsIn(origin: Origin, scheme = 'NTLM', offer = scheme): void {
  const challenged = new WeakSet<RawSocket>();
  const trusted = new WeakSet<RawSocket>();
  const reply: Reply = ({ head }, connection) => {
    const token = new RegExp(`^authorization: ${scheme} (\\S+)\\r$`, 'im').exec(head)?.[1];
    if (token === 'hello') {
      challenged.add(connection);
      return connection.send(refusal(`${scheme} ${CHALLENGE}`));
    }
    if (token === 'secret' && challenged.has(connection)) trusted.add(connection);
    connection.send(trusted.has(connection) ? 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome' : refusal(offer));
  };
  origin.otherwise = reply;
}

/** The credentials for each step of such a login; the final `undefined` is a request that relies on it. */
export function loginSteps(scheme = 'NTLM'): readonly (string | undefined)[] {
  return [undefined, `${scheme} hello`, `${scheme} secret`, undefined];
}

/** A request with these credentials. */
export function withCredentials(credentials: string | undefined, target = '/'): string {
  const line = credentials === undefined ? '' : `Authorization: ${credentials}\r\n`;
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${line}\r\n`;
}
