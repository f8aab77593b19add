/** What a client that opens a URL would send: `explain https://a.example.test/api`. */

export interface UrlFacts {
  /** The Host header: without the scheme's own port, as clients send it. */
  readonly host: string;
  /** The name of the TLS handshake; empty for an address, which clients do not send (RFC 6066 section 3). */
  readonly sni: string;
  readonly target: string;
  readonly tls: boolean;
  /** `ws` and `wss` open a WebSocket. */
  readonly webSocket: boolean;
}

/** Whether an argument is a URL and not a file. A file of such a name is written `./https:/…`. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Reads a URL; a string says what is wrong with it. The path stays as it is written, `..` and `//` included, since
 * rules see what is sent and not every client resolves them; blanks and characters outside ASCII are percent-encoded.
 */
export function readUrl(text: string): UrlFacts | string {
  const [, scheme = '', authority = '', target = ''] = /^([^:]+):\/\/([^/?#]*)([^#]*)/.exec(text) ?? [];
  const name = scheme.toLowerCase();
  if (!['http', 'https', 'ws', 'wss'].includes(name)) {
    return `'${text}': the scheme is http, https, ws or wss, not '${scheme}'`;
  }
  if (authority.includes('@')) return `'${text}': a user name in a URL is not sent; leave it out`;
  const url = URL.parse(`${name}://${authority}`);
  if (url === null) return `'${text}': '${authority}' is not a host`;
  const sent = target.toWellFormed().replaceAll(/[^\u0021-\u007e]+/g, encodeURIComponent);
  return {
    host: url.host,
    sni: /^\[|^[\d.]+$/.test(url.hostname) ? '' : url.hostname,
    target: sent.startsWith('/') ? sent : `/${sent}`,
    tls: name === 'https' || name === 'wss',
    webSocket: name === 'ws' || name === 'wss',
  };
}
