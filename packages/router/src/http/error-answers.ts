import type { Answer } from '../model/answer.ts';

/** HAProxy's built-in pages: the reason on the status line and the sentence on the page, as in HAProxy 2.6. 414 and 431 come from later versions, 505 is ours. */
const PAGES = {
  200: ['OK', 'Service ready.'],
  400: ['Bad request', 'Your browser sent an invalid request.'],
  401: ['Unauthorized', 'You need a valid user and password to access this content.'],
  403: ['Forbidden', 'Request forbidden by administrative rules.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', 'A request was made of a resource using a request method not supported by that resource'],
  407: ['Unauthorized', 'You need a valid user and password to access this content.'],
  408: ['Request Time-out', "Your browser didn't send a complete request in time."],
  410: ['Gone', 'The resource is no longer available and will not be available again.'],
  413: ['Payload Too Large', 'The request entity exceeds the maximum allowed.'],
  414: ['URI Too Long', 'The request target is longer than the server is willing to interpret.'],
  421: ['Misdirected Request', 'Request sent to a non-authoritative server.'],
  422: ['Unprocessable Content', 'The server cannot process the contained instructions.'],
  425: ['Too Early', 'Your browser sent early data.'],
  429: ['Too Many Requests', 'You have sent too many requests in a given amount of time.'],
  431: ['Request Header Fields Too Large', 'The header fields of the request exceed the maximum allowed.'],
  500: ['Internal Server Error', 'An internal server error occurred.'],
  501: ['Not Implemented', '.The server does not support the functionality required to fulfill the request.'],
  502: ['Bad Gateway', 'The server returned an invalid or incomplete response.'],
  503: ['Service Unavailable', 'No server is available to handle this request.'],
  504: ['Gateway Time-out', "The server didn't respond in time."],
  505: ['HTTP Version Not Supported', 'The server speaks HTTP/1.0 and HTTP/1.1.'],
} as const satisfies Readonly<Record<number, readonly [reason: string, sentence: string]>>;

/** Pages that are sent where a message was not read to its end: nothing after it on the connection can be trusted. Rules also give others. */
const CLOSING: ReadonlySet<number> = new Set([400, 408, 414, 431, 505]);

const answers: ReadonlyMap<number, Answer> = new Map(
  Object.entries(PAGES).map(([code, [reason, sentence]]) => [Number(code), page(Number(code), reason, sentence)]),
);

/** The built-in page for a status, the same object each time; the 500 page for a status that has none. */
export function errorAnswer(status: number): Answer {
  return answers.get(status) ?? page(500, ...PAGES[500]);
}

/** The built-in page with headers of its own added. */
export function errorAnswerWith(status: number, added: Answer['headers']): Answer {
  const plain = errorAnswer(status);
  return { ...plain, headers: [...plain.headers, ...added], added };
}

/** True for statuses with a built-in page: those that `deny_status` and `errorfile` accept. */
export function hasErrorAnswer(status: number): boolean {
  return answers.has(status);
}

/** True when an answer is a built-in page: the ones an `errorfile` replaces. */
export function isErrorAnswer(answer: Answer): boolean {
  return answer.added !== undefined || answers.get(answer.status) === answer;
}

function page(status: number, reason: string, sentence: string): Answer {
  return {
    status,
    reason,
    headers: [
      ['cache-control', 'no-cache'],
      ['content-type', 'text/html'],
    ],
    body: `<html><body><h1>${status} ${reason}</h1>\n${sentence}\n</body></html>\n`,
    close: CLOSING.has(status),
  };
}
