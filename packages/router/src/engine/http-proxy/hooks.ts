import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestFacts } from '../../model/facts.ts';

/** What a program may do to each request and answer of the http-proxy engine, under the names of http-proxy's events. Synchronous. */
export interface Hooks {
  /** Before the request's head is sent: `request.setHeader`, `removeHeader` and `path` change it. Called for every attempt. */
  proxyReq?(request: ClientRequest, facts: RequestFacts): void;
  /**
   * Before the head of a server's answer goes to the client: changes of `rawHeaders` (names and values in turn), `statusCode` and
   * `statusMessage` change it.
   */
  proxyRes?(answer: IncomingMessage, facts: RequestFacts): void;
}

/** They say where a message ends and whose connection it is on: a hook that could change them could smuggle. */
const OURS = ['connection', 'content-length', 'host', 'transfer-encoding', 'upgrade'];
/** What may stand in a request line (RFC 9112 §3.2), so that nothing ends it early. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;

/** Calls `proxyReq`; throws when it throws, or changed what is ours. */
export function callProxyReq(hooks: Hooks, request: ClientRequest, facts: RequestFacts): void {
  if (hooks.proxyReq === undefined) return;
  const framing = (): string => JSON.stringify([request.method, ...OURS.map((name) => request.getHeader(name))]);
  const before = framing();
  hooks.proxyReq(request, facts);
  if (framing() !== before) throw new Error(`the hook proxyReq changed the method or one of ${OURS.join(', ')}`);
  if (!TARGET.test(request.path)) throw new Error('the hook proxyReq set a path that is no request target');
}

/** Calls `proxyRes`; throws when it throws, or changed what is ours. */
export function callProxyRes(hooks: Hooks, answer: IncomingMessage, facts: RequestFacts): void {
  if (hooks.proxyRes === undefined) return;
  const before = framingOf(answer);
  hooks.proxyRes(answer, facts);
  if (framingOf(answer) !== before)
    throw new Error(`the hook proxyRes changed one of ${OURS.join(', ')}, or made an answer one without a body`);
}

function framingOf({ rawHeaders, statusCode = 0 }: IncomingMessage): string {
  const ours = rawHeaders.flatMap((name, at) => {
    const lower = name.toLowerCase();
    return at % 2 === 0 && OURS.includes(lower) ? [lower, rawHeaders[at + 1]] : [];
  });
  return JSON.stringify([ours, statusCode < 200 || statusCode === 204 || statusCode === 304]);
}
