/** Timeouts and connection limits. */
import type { Timeouts } from '../../model/snapshot.ts';
import type { ServiceDirective } from '../directive.ts';
import { duration, integer, takesDuration } from '../values.ts';

export const limits = {
  TIMEOUTbusy: timeout('busy', {
    summary: 'Longest wait for a TLS handshake. 0 waits indefinitely.',
    default: '300',
    example: 'TIMEOUTbusy = 10',
  }),
  TIMEOUTconnect: timeout('connect', {
    summary:
      'Longest wait for one `connect` address, and for a server that refuses (it may restart), 5 s at most. 0 leaves the first to the kernel.',
    default: '10',
    example: 'TIMEOUTconnect = 5',
  }),
  TIMEOUTidle: timeout('idle', {
    summary: 'Longest silence in both directions. A WebSocket without pings ends here. 0 waits indefinitely.',
    default: '43200 (12 hours)',
    example: 'TIMEOUTidle = 24h',
  }),
  TIMEOUTclose: timeout('close', {
    summary:
      'Longest wait for the other side once one side has closed and all that it said was taken. 0 is none, as in stunnel.',
    default: '60',
    example: 'TIMEOUTclose = 10',
  }),
  maxConnections: {
    summary:
      'Connections of this service at one time (ours); one more takes the place of the handshake that lasts longest, or is closed. 0 leaves only the limit of open files, which services share.',
    takes: 'number',
    default: '0',
    example: 'maxConnections = 10000',
    apply(value, draft, problems) {
      draft.maxConnections = integer(value, 0, 1_000_000, problems) ?? draft.maxConnections;
    },
  },
  maxHandshakes: count(
    'maxHandshakes',
    'Handshakes of this service that are not finished, at one time (ours); one more takes the place of the oldest. 0 is no limit of its own.',
  ),
  maxPerAddress: count(
    'maxPerAddress',
    'Connections of one IPv4 address, or one IPv6 network of 64 bits, at one time (ours); more are closed. 0 is no limit.',
  ),
} as const satisfies Record<string, ServiceDirective>;

function count(name: 'maxHandshakes' | 'maxPerAddress', summary: string): ServiceDirective {
  return {
    summary,
    takes: 'number',
    default: '0',
    example: `${name} = 500`,
    apply(value, draft, problems) {
      draft[name] = integer(value, 0, 1_000_000, problems) ?? draft[name];
    },
  };
}

function timeout(
  name: keyof Timeouts,
  about: Pick<ServiceDirective, 'summary' | 'default' | 'example'>,
): ServiceDirective {
  return {
    ...about,
    takes: takesDuration,
    apply(value, draft, problems) {
      draft.timeouts[name] = duration(value, problems) ?? draft.timeouts[name];
    },
  };
}
