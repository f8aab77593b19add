/** The request a client would send for a URL: `explain https://a.example.test/api`. */

export interface UrlFacts {
  /** The Host header: without the scheme's default port, as clients send it. */
  readonly host: string;
  /** The server name of the TLS handshake; empty for an address, which clients do not send (RFC 6066 section 3). */
  readonly sni: string;
  readonly target: string;
  /** The port that it leads to. */
  readonly port: number;
  readonly tls: boolean;
  /** `ws` and `wss` open a WebSocket. */
  readonly webSocket: boolean;
}

/** Whether an argument is a URL rather than a file. A file with such a name can be written `./https:/…`. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Parses a URL; a string is an error message. The path is kept as written, `..` and `//` included, since
 * not every client normalises it; blanks and characters outside ASCII are percent-encoded.
 */
export function readUrl(text: string): UrlFacts | string {
  const [, scheme = '', authority = '', target = ''] = /^([^:]+):\/\/([^/?#]*)([^#]*)/.exec(text) ?? [];
  const name = scheme.toLowerCase();
  if (!['http', 'https', 'ws', 'wss'].includes(name)) {
    return `'${text}': unsupported scheme '${scheme}'; use http, https, ws or wss`;
  }
  if (authority.includes('@')) return `'${text}': clients do not send the user name in a URL; leave it out`;
  const url = URL.parse(`${name}://${authority}`);
  if (url === null) return `'${text}': '${authority}' is not a host`;
  const tls = name === 'https' || name === 'wss';
  const sent = target.toWellFormed().replaceAll(/[^\u0021-\u007e]+/g, encodeURIComponent);
  return {
    host: url.host,
    sni: /^\[|^[\d.]+$/.test(url.hostname) ? '' : url.hostname,
    target: sent.startsWith('/') ? sent : `/${sent}`,
    port: Number(url.port || (tls ? 443 : 80)),
    tls,
    webSocket: name === 'ws' || name === 'wss',
  };
}
