const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>503 Service Unavailable</title></head>
<body>
<h1>503 Service Unavailable</h1>
<p>Nothing answers behind this address at the moment. Please try again soon.</p>
</body>
</html>
`;

const head = [
  'HTTP/1.1 503 Service Unavailable',
  'Content-Type: text/html; charset=utf-8',
  `Content-Length: ${Buffer.byteLength(body)}`,
  'Cache-Control: no-store',
  'Retry-After: 5',
  'Connection: close',
  '',
  '',
].join('\r\n');

/** How much of what a client said first tells whether it is HTTP: the longest request line that is looked at. */
export const REQUEST_LINE = 8192;

/**
 * What is said to a client whose server cannot be reached, judged by the bytes it sent first: a page to a request of
 * HTTP/1, without its body to HEAD, and nothing to any other protocol, where a page would be noise.
 */
export function unavailable(first: Buffer): Buffer | undefined {
  const [, method] = /^([A-Z]{1,20}) [^ \r\n]+ HTTP\/1\.[01]\r?\n/.exec(first.toString('latin1')) ?? [];
  if (method === undefined) return undefined;
  return Buffer.from(method === 'HEAD' ? head : head + body);
}
