import type { GlobalDirective } from '../directive.ts';

export const pid: GlobalDirective = {
  summary: 'File that holds the process id while services are served.',
  takes: '/path, or nothing for none',
  default: 'none',
  example: 'pid = /var/run/tls-terminator.pid',
  apply(value, draft) {
    draft.pidFile = value.text === '' ? undefined : value.text;
  },
};
