export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** PEM of the authorities that the server's certificate may lead to; undefined: those of the runtime. */
  readonly authorities?: string | undefined;
  /** Milliseconds for all of it. */
  readonly patience: number;
  /** Bytes of the answer. */
  readonly most: number;
  /** Aborted: rejects at once. */
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case; of a field that came several times, the values joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * Sends one request to an http or https URL and resolves with the answer, whatever its status. Redirects are not followed. Both the wait and the
 * answer have a limit.
 */
export async function httpRequest(url: string, request: HttpRequest): Promise<HttpReply> {
  const { method, headers, body, authorities, patience, most } = request;
  // Few programs ask, and those that do not must not pay for it with memory.
  const http = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const late = AbortSignal.timeout(patience);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  const length = method === 'POST' ? { 'Content-Length': String(body?.length ?? 0) } : {};
  const options = {
    method,
    signal,
    headers: { ...headers, ...length },
    // A connection for each request: hours lie between most of them.
    agent: false,
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
  const asked = http.request(url, options, (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > most) response.destroy(new Error(`its answer is larger than ${most} bytes`));
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: new Map(
          Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
        ),
        body: Buffer.concat(chunks),
      }),
    );
  });
  asked.on('error', (error) =>
    reject(late.aborted ? new Error(`no answer within ${patience / 1000} seconds`, { cause: error }) : error),
  );
  asked.end(body);
  return promise;
}
