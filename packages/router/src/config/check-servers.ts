import type { Problems } from '@headgate/shared/config/problem';
import type { ProxyDraft } from './draft.ts';

/** What words of a server demand of each other. */
export function checkServers({ servers }: ProxyDraft, problems: Problems): void {
  for (const { name, at, relative, parameters } of servers) {
    const { check, checkPort, checkHost } = parameters;
    if (check !== true || relative === undefined) continue;
    // Nobody has connected anywhere when a check begins.
    if (relative.port && checkPort === undefined)
      problems.error(at, `server '${name}' has neither a port nor a 'port' for its checks`);
    else if (relative.host && checkHost === undefined)
      problems.error(at, `server '${name}' has neither an address nor an 'addr' for its checks`);
  }
}
