import { request as overHttp } from 'node:http';
import type { RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { createHash } from 'node:crypto';
import { HOST } from './load/requests.ts';
import type { Reach } from './measure/sample.ts';

const LIMIT = 20_000;

export interface Expected {
  readonly host?: string;
  readonly path?: string;
  /** Number of 'x' bytes in the response. */
  readonly answer?: number;
  /** Bytes to upload; the response is then their number. */
  readonly upload?: number;
}

/** Sends one request like the load's and compares the complete response. Throws on any difference. */
export function answers({ host = HOST, path = '/', answer = 100, upload }: Expected): (reach: Reach) => Promise<void> {
  return async (reach) => {
    const body = upload === undefined ? undefined : Buffer.alloc(upload, 'x');
    const got = await exchange(reach, host, { path, method: body === undefined ? 'GET' : 'POST' }, body);
    const wanted = upload === undefined ? Buffer.alloc(answer, 'x') : Buffer.from(String(upload));
    if (got.status !== 200 || got.digest !== digest(wanted)) {
      throw new Error(
        `answers ${host}${path} incorrectly: status ${got.status}, ${got.bytes} bytes instead of ${wanted.length}`,
      );
    }
  };
}

interface Got {
  readonly status: number;
  readonly bytes: number;
  readonly digest: string;
}

function exchange(
  { port, tls }: Reach,
  host: string,
  options: RequestOptions,
  body: Uint8Array | undefined,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = {
      host,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
    const all = { ...options, host: '127.0.0.1', port, headers, agent: false, signal: AbortSignal.timeout(LIMIT) };
    const request = tls
      ? overHttps({ ...all, rejectUnauthorized: false, servername: 'dev-coltrane01' })
      : overHttp(all);
    request.once('error', reject).once('response', (response) => {
      const hash = createHash('sha256');
      let bytes = 0;
      response.on('data', (data: Buffer) => {
        hash.update(data);
        bytes += data.length;
      });
      response
        .once('error', reject)
        .once('end', () => resolve({ status: response.statusCode ?? 0, bytes, digest: hash.digest('hex') }));
    });
    request.end(body);
  });
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
