import type { IncomingMessage } from 'node:http';

/** What is left of a visitor after two proxies: everything an application can know about who is asking. */
export interface Journey {
  /** Every X-Forwarded-For value, in the order the lines came; the last was added by the router. */
  readonly forwardedFor: string;
  readonly host: string;
  readonly protocol: string;
  /** Who opened the TCP connection to this application: the router. */
  readonly peer: string;
  readonly request: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function journeyOf(request: IncomingMessage): Journey {
  const { rawHeaders } = request;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  const value = (name: string) => request.headersDistinct[name]?.join(', ') ?? '';
  return {
    forwardedFor: value('x-forwarded-for') || 'nobody said',
    host: value('host') || 'nobody said',
    protocol: value('x-forwarded-proto') || `HTTP/${request.httpVersion} in clear, from the router`,
    peer: `${request.socket.remoteAddress ?? '?'}:${request.socket.remotePort ?? 0}`,
    request: `${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`,
    headers,
  };
}
