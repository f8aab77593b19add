import { httpRequest, type HttpReply } from '@headgate/shared/net/secure-transport';
import { versionOf } from '@headgate/shared/process/version';
import { AcmeError } from './problem.ts';

/** Milliseconds for one request. */
const PATIENCE = 30_000;
/** Bytes of an answer: chains are a few kilobytes. */
const MOST = 256 * 1024;

const USER_AGENT = `headgate/${versionOf(import.meta.resolve('@headgate/tls-terminator/package.json'))} (ACME) node/${process.versions.node}`;

/** One request to an authority. */
export interface AcmeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** A JWS in JSON. */
  readonly body?: string;
  readonly accept?: string;
}

export type Transport = (url: string, request: AcmeRequest) => Promise<HttpReply>;

/** Makes the way to an authority, whose certificate leads to one of these (PEM; undefined: to a public one). */
export type Transports = (authorities: string | undefined, signal: AbortSignal) => Transport;

/** Reaches an authority by https. Rejects with an AcmeError when it cannot be reached. */
export function httpsTransport(authorities: string | undefined, signal: AbortSignal): Transport {
  return async (url, { method, body, accept }) => {
    // The authority names the URLs: they must not lead a request elsewhere in clear.
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
      throw new AcmeError('the authority named a URL that is not https');
    const headers = {
      'User-Agent': USER_AGENT,
      ...(accept === undefined ? {} : { Accept: accept }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/jose+json' }),
    };
    const payload = body === undefined ? {} : { body: Buffer.from(body) };
    try {
      return await httpRequest(url, {
        method,
        headers,
        ...payload,
        authorities,
        patience: PATIENCE,
        most: MOST,
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new AcmeError(`${new URL(url).host} cannot be reached: ${reasonOf(error)}`);
    }
  };
}

/** What OpenSSL says of a chain that ends somewhere else than in what is trusted; Node.js advises its own command line there. */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  if (error instanceof Error && 'code' in error && UNTRUSTED.has(error.code))
    return 'its certificate leads to no authority that is trusted; name a private one with acmeCA (in YAML: ca)';
  return error instanceof Error ? error.message : String(error);
}
