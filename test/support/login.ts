import type { Origin, Reply } from './origin.ts';
import type { RawSocket } from './raw.ts';

const CHALLENGE = 'TlRMTVNTUAACAAAA';

function refusal(offer: string): string {
  return `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${offer}\r\nContent-Length: 2\r\n\r\nno`;
}

/**
 * Makes a server one that logs connections in, as IIS does with NTLM: three requests on one connection, and whatever
 * comes on it later is trusted. `scheme` is how it spells the scheme; `offer` what it asks strangers for.
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

/** What a client sends for each step of such a login; `undefined` behind them: a request that relies on it. */
export function loginSteps(scheme = 'NTLM'): readonly (string | undefined)[] {
  return [undefined, `${scheme} hello`, `${scheme} secret`, undefined];
}

/** A request with these credentials. */
export function withCredentials(credentials: string | undefined, target = '/'): string {
  const line = credentials === undefined ? '' : `Authorization: ${credentials}\r\n`;
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${line}\r\n`;
}
