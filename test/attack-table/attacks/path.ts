import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const path: Attack = {
  kind: 'spoof',
  title: 'a path the server reads differently than the rules did',
  async run(t, victim) {
    for (const target of ['//a//b?c', '/a/../b', '/a?b=c&&d', '/%2e%2e/x']) {
      const before = victim.origin.requests.length;
      const client = await send(t, victim, `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await client.expect('\r\n\r\n').catch(() => undefined);
      const seen = victim.origin.requests[before]?.target;
      if (seen !== target) return `\`${target}\` becomes \`${seen ?? 'nothing'}\``;
    }
    return undefined;
  },
};
