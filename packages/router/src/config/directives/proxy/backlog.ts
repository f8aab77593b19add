import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const backlog: ProxyDirective = {
  sections: FRONT,
  doc: 'Connections the kernel keeps until they are accepted. Default 4096, or net.core.somaxconn when that is lower.',
  example: 'backlog 1024',
  apply(cursor, draft) {
    const value = cursor.integer('a number of connections', 1, 65_535);
    if (value !== undefined) draft.settings.backlog = value;
    cursor.end();
  },
};
