/** Requests good and bad that mutations start from; latin1 text. */
export const REQUESTS: readonly string[] = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /a?b=c HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
  'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  chunked \t\r\n\r\n0\r\n\r\n',
  'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;e=f\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n',
  'DELETE /x HTTP/1.1\r\nHost: a\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nCookie: a=b; c=d\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi',
  '\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
];

/** Pieces that parsers are known to disagree about. */
export const PIECES: readonly string[] = [
  '\r\n', '\n', '\r', '\0', '\t', ' ', ':', ';', ',', '\x0b', '\x7f', '\x80', '\xff', '"', '#', '%', '+', '-', '0', '1', '5', 'f', '0x',
  '\r\n\r\n', '\n\n', '\r\n ', '\r\n\t', ' :', ': ', '\r\n0\r\n\r\n', '0\r\n\r\n', '5\r\nhello\r\n', ';a=b', ';"a', '5 ', '05', 'g',
  'Content-Length: 5\r\n', 'Content-Length: 0\r\n', 'Content-Length:\r\n', 'Content-Length: +5\r\n', 'Content-Length: 5,5\r\n', 'content-length : 5\r\n', 'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding:\tchunked\r\n', 'Transfer-Encoding: identity\r\n', 'Transfer-Encoding: chunked, chunked\r\n', 'Transfer-Encoding: xchunked\r\n', 'Transfer-Encoding:\x0bchunked\r\n',
  'Host: b\r\n', 'Host:\r\n', 'Connection: close\r\n', 'Connection: upgrade\r\nUpgrade: h2c\r\n', 'X: y\r\n', 'X : y\r\n', ' X: y\r\n', 'X:\r\n',
  'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', 'GET ', 'get ', 'POST ', 'CONNECT a:1 ', 'PRI * HTTP/2.0', '*', '//', 'http://a', 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
];
