import type { Endpoint } from '@headgate/shared/net/endpoint';

/** Logged for an invalid request. */
export const badRequest = '<BADREQ>';

/** Logged when no server was chosen. */
export const noServer = '<NOSRV>';

/** Longest request line in a log line (HAProxy: tune.http.logurilen - 1). */
const longestRequestLine = 1023;

/** `10.0.0.1:4711`, `::1:4711` (without brackets, as in HAProxy), `unix:0`. */
export function endpointText({ address, port }: Endpoint): string {
  return address === '' ? `unix:${port}` : `${address}:${port}`;
}

/**
 * A request line as HAProxy logs it: cut at 1023 characters, and bytes outside 32..126, `"` and `#` as `#XX`, so that
 * it cannot end the quotes or forge a line.
 */
export function requestText(requestLine: string): string {
  const line = requestLine.length > longestRequestLine ? requestLine.slice(0, longestRequestLine) : requestLine;
  return unsafe.test(line) ? line.replace(everyUnsafe, hex) : line;
}

const unsafe = /[^ !$-~]/;
const everyUnsafe = /[^ !$-~]/gu;

function hex(character: string): string {
  return Buffer.from(character, character.charCodeAt(0) < 256 ? 'latin1' : 'utf8')
    .toString('hex')
    .toUpperCase()
    .replace(/../g, '#$&');
}
