const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>400 Use https</title></head>
<body>
<h1>This address speaks HTTPS only</h1>
<p>Your request came as plain HTTP, so it was not read. Use the same address, beginning with <code>https://</code>.</p>
</body>
</html>
`;

/** The answer to plain HTTP on a TLS port, as nginx gives one: closing without a word leaves people guessing. */
export const plainHttpAnswer = Buffer.from(
  [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n'),
);

/**
 * How OpenSSL calls the beginning of an HTTP request: it knows the common methods and CONNECT. Everything else (another
 * method, SSH, a PROXY header, garbage) has "the wrong version" and gets the alert that OpenSSL has sent, as from stunnel: to a
 * client that does not speak HTTP a page is noise.
 */
export const plainTextCodes: ReadonlySet<string | undefined> = new Set([
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
]);
