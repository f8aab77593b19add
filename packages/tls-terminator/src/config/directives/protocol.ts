import type { ServiceDirective } from '../directive.ts';
import { oneOf } from '../values.ts';

/** stunnel's other server protocols start TLS in the middle of a conversation. */
const NEGOTIATED = ['capwin', 'cifs', 'connect', 'imap', 'ldap', 'nntp', 'pgsql', 'pop3', 'smtp', 'socks'];

export const protocol: ServiceDirective = {
  summary:
    'Tell the server who the client is: the PROXY header as text (proxy) or binary with TLS facts (proxy-v2, ours).',
  takes: 'proxy | proxy-v2',
  default: 'none',
  example: 'protocol = proxy-v2',
  apply(value, draft, problems) {
    if (NEGOTIATED.includes(value.text.toLowerCase())) {
      problems.error(value.at, `not supported yet: protocol ${value.text}`);
      return;
    }
    const word = oneOf(value, ['proxy', 'proxy-v2'], problems);
    if (word !== undefined) draft.proxyProtocol = word === 'proxy-v2' ? 2 : 1;
  },
};
