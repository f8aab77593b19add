import type { IncomingMessage } from 'node:http';

/** What an application can know about a visitor after two proxies. */
export interface Journey {
  /** Every X-Forwarded-For value, in order; the last one was added by the router. */
  readonly forwardedFor: string;
  readonly host: string;
  readonly protocol: string;
  /** The peer of the TCP connection to this application: the router. */
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
    forwardedFor: value('x-forwarded-for') || 'not sent',
    host: value('host') || 'not sent',
    protocol: value('x-forwarded-proto') || `HTTP/${request.httpVersion} in clear, from the router`,
    peer: `${request.socket.remoteAddress ?? '?'}:${request.socket.remotePort ?? 0}`,
    request: `${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`,
    headers,
  };
}
