/** What a working haproxy.cfg may keep although it does nothing here. Keywords are in config/idle/. */

/** HAProxy's cache changes who answers, not what: without it servers get every request. */
export const NO_CACHE =
  'nothing is cached, and servers get every request: let them send Cache-Control, or put a cache in front of them';

/** Sections that a terminator in front reads (config/certificates.ts). */
const NO_CERTIFICATES =
  'certificates are the business of headgate-terminator: start both halves from this file with headgate';

/** Sections whose absence changes neither traffic nor decisions. */
export const SECTIONS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  acme: NO_CERTIFICATES,
  cache: NO_CACHE,
  'crt-store': NO_CERTIFICATES,
  mailers: 'no mail is sent: watch the log or the metrics for servers that go down',
  program: 'no program is started: let the supervisor start it beside this one',
};
