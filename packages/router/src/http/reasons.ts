import { STATUS_CODES } from './status-codes.ts';

/** Where HAProxy 2.6 has other words for a status than Node.js. */
const WORDS: Readonly<Record<number, string>> = {
  208: 'Success',
  210: 'Content Different',
  302: 'Moved Temporarily',
  310: 'Too many Redirects',
  408: 'Request Time-out',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested range unsatisfiable',
  417: 'Expectation failed',
  418: "I'm a teapot",
  422: 'Unprocessable Content',
  424: 'Method failure',
  449: 'Retry With',
  450: 'Blocked by Windows Parental Controls',
  456: 'Unrecoverable Error',
  499: 'client has closed connection',
  502: 'Bad Gateway or Proxy Error',
  504: 'Gateway Time-out',
  505: 'HTTP Version not supported',
  506: 'Variant also negotiate',
  507: 'Insufficient storage',
  508: 'Loop detected',
  510: 'Not extended',
  511: 'Network authentication required',
  520: 'Web server is returning an unknown error',
};

/** For a status without words of its own. */
const CLASSES: Readonly<Record<number, string>> = {
  2: 'Success',
  3: 'Redirection',
  4: 'Client Error',
  5: 'Server Error',
};

/** The words of a status line, as HAProxy writes them in answers that rules make. */
export function reasonOf(status: number): string {
  return WORDS[status] ?? STATUS_CODES[status] ?? CLASSES[Math.floor(status / 100)] ?? 'Other';
}
