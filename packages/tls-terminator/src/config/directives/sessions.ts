/** Session resumption, and the secrets of session tickets. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { ServiceDirective } from '../directive.ts';
import type { ServiceDraft } from '../draft.ts';
import { duration, integer, namedFile } from '../values.ts';

const SECRET = '16 or 32 bytes as hexadecimal digits, colons allowed';

export const sessions = {
  sessionCacheTimeout: {
    summary: 'How long a session can be resumed.',
    takes: 'seconds, or a number with s, m, h or d; at most 7 days (RFC 9846 §4.6.1)',
    default: '300',
    example: 'sessionCacheTimeout = 1h',
    apply(value, draft, problems) {
      const milliseconds = duration(value, problems);
      if (milliseconds === undefined) return;
      const seconds = Math.ceil(milliseconds / 1000);
      if (seconds === 0)
        problems.warning(value.at, '0 has no meaning: sessions can be resumed for the default of 300 seconds');
      else if (seconds >= 1 && seconds <= 604_800) draft.sessionTimeoutSeconds = seconds;
      else
        problems.error(
          value.at,
          `'${value.text}' is not between one second and seven days; 'sessionResume = no' turns resumption off`,
        );
    },
  },
  sessionCacheSize: {
    summary: 'Accepted and without effect: sessions live in tickets at the client, none are kept here.',
    takes: 'number',
    default: 'none; it has no effect',
    example: 'sessionCacheSize = 1000',
    apply(value, _draft, problems) {
      if (integer(value, 0, 1_000_000_000, problems) !== undefined) {
        problems.warning(
          value.at,
          'this has no effect: sessions are kept in tickets at the client, so no memory is used for them here',
        );
      }
    },
  },
  ticketKeySecret: {
    summary:
      'With ticketMacSecret: session tickets outlive a restart and are shared by machines that have the same two secrets.',
    takes: SECRET,
    default: 'random for each start',
    example: 'ticketKeySecret = 00112233445566778899aabbccddeeff',
    apply(value, draft, problems) {
      draft.ticketKeySecret = secret(value, problems);
    },
  },
  ticketMacSecret: {
    summary: 'See ticketKeySecret: both are needed.',
    takes: SECRET,
    default: 'random for each start',
    example: 'ticketMacSecret = ffeeddccbbaa99887766554433221100',
    apply(value, draft, problems) {
      draft.ticketMacSecret = secret(value, problems);
    },
  },
  ticketKeys: {
    summary:
      "File with the keys of session tickets, shared by machines and noticed when it changes (ours; the form of HAProxy's `tls-ticket-keys`: base64 lines of 48 or 80 bytes). The last three count: tickets are made with the last but one, and those of the other two are accepted. Of two lines the last is in use.",
    takes: '/path',
    default: 'random for each start, another one every day',
    example: 'ticketKeys = /etc/headgate/tickets',
    apply(value, draft, problems) {
      draft.ticketKeyFile = namedFile('ticketKeys', value, problems) ?? draft.ticketKeyFile;
    },
  },
} as const satisfies Record<string, ServiceDirective>;

/** The value is a secret: a message never repeats it. */
function secret(value: Word, problems: Problems): ServiceDraft['ticketKeySecret'] {
  const digits = value.text.replaceAll(':', '');
  if (/^([0-9a-f]{32}|[0-9a-f]{64})$/i.test(digits)) return { bytes: Buffer.from(digits, 'hex'), at: value.at };
  problems.error(value.at, `${SECRET} are expected here, not ${digits.length} characters`);
  return undefined;
}
