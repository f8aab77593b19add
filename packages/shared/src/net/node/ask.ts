/** Sends a body to a URL and resolves with the answer of status 200. Both the wait (milliseconds) and the answer (bytes) have a limit. */
export async function ask(
  url: string,
  body: Buffer,
  { type, patience, most }: { readonly type: string; readonly patience: number; readonly most: number },
): Promise<Buffer> {
  // Few ask, and who does not must not pay for it with memory.
  const { request } = await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const headers = { 'Content-Type': type, 'Content-Length': body.length };
  const asked = request(url, { method: 'POST', headers, signal: AbortSignal.timeout(patience) }, (response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > most) response.destroy(new Error(`its answer is larger than ${most} bytes`));
    });
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(chunks));
      else reject(new Error(`status ${response.statusCode ?? 'unknown'}`));
    });
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}
