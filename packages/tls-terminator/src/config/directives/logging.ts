/** What is logged, and where. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { facilities } from '@headgate/shared/log/facility';
import type { Severity } from '@headgate/shared/log/logger';
import { severities } from '@headgate/shared/log/severity';
import type { GlobalDirective, ServiceDirective } from '../directive.ts';
import { oneOf, path } from '../values.ts';

/** Where libc's names, which stunnel takes, are not HAProxy's; the empty ones cannot be asked for. */
const LIBC_NAMES: Readonly<Record<string, string>> = { auth2: 'authpriv', ntp: '', audit: '', alert: '', cron2: '' };
const FACILITIES = facilities.map((name) => LIBC_NAMES[name] ?? name);
const LEVELS = `one of ${severities.join(', ')} or 0 to 7`;

export const logging = {
  debug: {
    summary:
      'Least severe level that is logged, and the syslog facility. Why a handshake failed is `info`, below the default.',
    takes: `[facility.]level, the level ${LEVELS}`,
    default: 'daemon.notice',
    example: 'debug = local1.info',
    apply(value, draft, problems) {
      const dot = value.text.indexOf('.');
      if (dot !== -1) {
        const name = value.text.slice(0, dot).toLowerCase();
        const facility = name === '' ? -1 : FACILITIES.indexOf(name);
        if (facility === -1)
          problems.error(value.at, `'${name}' is not a syslog facility: ${FACILITIES.filter(Boolean).join(', ')}`);
        else draft.facility = facility;
      }
      draft.level = level(value, value.text.slice(dot + 1), problems) ?? draft.level;
    },
  },
  output: {
    summary:
      'Log file, which is appended to. One that was renamed or removed is made anew within a second, or at once on SIGUSR2. One that cannot be written refuses the start. SIGUSR1 stops the program.',
    takes: '/path',
    default: 'standard error',
    example: 'output = /var/log/tls-terminator.log',
    apply(value, draft, problems) {
      draft.output = path(value, problems);
    },
  },
  log: {
    summary: 'Whether opening the log file keeps what is in it.',
    takes: 'append | overwrite',
    default: 'append',
    example: 'log = append',
    apply(value, draft, problems) {
      draft.mode = oneOf(value, ['append', 'overwrite'], problems) ?? draft.mode;
    },
  },
  service: {
    summary: 'Program name in syslog lines.',
    takes: 'a word of at most 48 visible ASCII characters (RFC 5424 §6.2.5)',
    default: 'tls-terminator',
    example: 'service = tls-terminator',
    apply(value, draft, problems) {
      if (/^[!-~]{1,48}$/.test(value.text)) draft.tag = value.text;
      else problems.error(value.at, `'${value.text}' must be one word of at most 48 visible ASCII characters`);
    },
  },
} as const satisfies Record<string, GlobalDirective>;

export const serviceLogging = {
  debug: {
    summary: "Least severe level of this service's lines.",
    takes: LEVELS,
    default: 'the global `debug`',
    example: 'debug = info',
    apply(value, draft, problems) {
      draft.logLevel = level(value, value.text, problems);
    },
  },
} as const satisfies Record<string, ServiceDirective>;

function level(value: Word, text: string, problems: Problems): Severity | undefined {
  if (/^[0-7]$/.test(text)) return severities[Number(text)];
  return oneOf({ ...value, text }, severities, problems);
}
