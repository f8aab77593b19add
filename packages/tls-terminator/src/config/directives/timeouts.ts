import type { ServiceDirective } from '../directive.ts';
import type { Timeouts } from '../../model/snapshot.ts';
import { duration } from '../values.ts';

function timeout(name: keyof Timeouts, summary: string, standard: string, example: string): ServiceDirective {
  return {
    summary,
    takes: 'seconds, or a number with ms, s, m, h or d',
    default: standard,
    example: `TIMEOUT${name} = ${example}`,
    apply(value, draft, problems) {
      draft.timeouts[name] = duration(value, problems) ?? draft.timeouts[name];
    },
  };
}

export const timeoutBusy = timeout('busy', 'Longest wait for a TLS handshake. 0 waits for ever.', '300', '10');
export const timeoutConnect = timeout(
  'connect',
  'Longest wait for one `connect` address, and for a server that refuses (it may restart), 5 s at most. 0 leaves the first to the kernel.',
  '10',
  '5',
);
export const timeoutIdle = timeout(
  'idle',
  'Longest silence in both directions. A WebSocket without pings ends here. 0 waits for ever.',
  '43200 (12 hours)',
  '24h',
);
export const timeoutClose = timeout(
  'close',
  'Longest wait for the other side once one side has closed and all that it said was taken. 0 is none, as in stunnel.',
  '60',
  '10',
);
