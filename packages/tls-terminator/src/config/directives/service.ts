import type { GlobalDirective } from '../directive.ts';

export const service: GlobalDirective = {
  summary: 'Program name in syslog lines.',
  takes: 'a word of at most 48 visible ASCII characters (RFC 5424 §6.2.5)',
  default: 'tls-terminator',
  example: 'service = tls-terminator',
  apply(value, draft, problems) {
    if (/^[!-~]{1,48}$/.test(value.text)) draft.tag = value.text;
    else problems.error(value.at, `'${value.text}' must be one word of at most 48 visible ASCII characters`);
  },
};
