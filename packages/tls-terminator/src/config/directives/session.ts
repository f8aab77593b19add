import type { ServiceDirective } from '../directive.ts';
import { duration, integer, yesNo } from '../values.ts';

export const sessionResume: ServiceDirective = {
  summary: 'Whether a returning client may skip most of the handshake.',
  takes: 'yes | no',
  default: 'yes',
  example: 'sessionResume = yes',
  apply(value, draft, problems) {
    draft.sessionResume = yesNo(value, problems) ?? draft.sessionResume;
  },
};

export const sessionCacheTimeout: ServiceDirective = {
  summary: 'How long a session can be resumed.',
  takes: 'seconds, or a number with s, m, h or d; at most 7 days (RFC 9846 §4.6.1)',
  default: '300',
  example: 'sessionCacheTimeout = 1h',
  apply(value, draft, problems) {
    const milliseconds = duration(value, problems);
    if (milliseconds === undefined) return;
    const seconds = Math.ceil(milliseconds / 1000);
    if (seconds >= 1 && seconds <= 604_800) draft.sessionTimeoutSeconds = seconds;
    else
      problems.error(
        value.at,
        `'${value.text}' is not between one second and seven days; 'sessionResume = no' turns resumption off`,
      );
  },
};

export const sessionCacheSize: ServiceDirective = {
  summary: 'Accepted and without effect: sessions live in tickets at the client, none are kept here.',
  takes: 'number',
  default: '',
  example: 'sessionCacheSize = 1000',
  apply(value, _draft, problems) {
    if (integer(value, 0, 1_000_000_000, problems) !== undefined) {
      problems.warning(
        value.at,
        'this has no effect: sessions are kept in tickets at the client, so no memory is used for them here',
      );
    }
  },
};
