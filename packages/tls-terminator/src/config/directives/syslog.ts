import type { GlobalDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const syslog: GlobalDirective = {
  summary:
    'Whether to log to the local syslog as well, over UDP to 127.0.0.1:514 (Node.js cannot write to `/dev/log`). stunnel does by default; here it has to be asked for.',
  takes: 'yes | no',
  default: 'no',
  example: 'syslog = yes',
  apply(value, draft, problems) {
    draft.syslog = yesNo(value, problems) ?? draft.syslog;
  },
};
