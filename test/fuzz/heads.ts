import { FastRequest } from '@headgate/router/http/fast-request';
import { FastResponse } from '@headgate/router/http/fast-response';
import { agreeOnRequest, agreeOnResponse } from '@headgate/router/http/testing';
import { mutant } from './mutate.ts';
import { Random } from './random.ts';

/** Realistic heads, so that a few changes leave most of a head valid. */
const REQUESTS: readonly string[] = [
  'GET /a/b?c=d&e=f HTTP/1.1\r\nHost: www.example.test\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11)\r\n' +
    'Accept: text/html;q=0.9, */*\r\nAccept-Encoding: gzip, br\r\nCookie: session=1; theme=dark\r\n\r\n',
  'POST /api HTTP/1.1\r\nHost: a:8080\r\nContent-Type: application/json\r\nContent-Length: 2\r\nAuthorization: Bearer x\r\n\r\n{}',
  'DELETE /x HTTP/1.1\r\nhost: 10.0.0.1\r\nKeep-Alive: 300\r\nX-Forwarded-For: 1.2.3.4\r\nTrailer: A\r\n\r\n',
];
const RESPONSES: readonly string[] = [
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello',
  'HTTP/1.1 404 Not Found\r\nDate: now\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 302 \r\nLocation: /x\r\nContent-Length: 0\r\n\r\n',
];

/** Reads mutated heads with both readers until `end` (performance.now). Throws at the first disagreement. */
export function compareReaders(seed: number, end: number): { cases: number; accepted: number } {
  const random = new Random(seed);
  const request = new FastRequest();
  const response = new FastResponse();
  let cases = 0;
  let accepted = 0;
  while (performance.now() < end) {
    for (let n = 0; n < 100; n += 1) {
      if (agreeOnRequest(request, mutant(random, REQUESTS))) accepted += 1;
      if (agreeOnResponse(response, mutant(random, RESPONSES), random.pick(['GET', 'POST']))) accepted += 1;
      cases += 2;
    }
  }
  return { cases, accepted };
}
