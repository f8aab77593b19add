import { join } from 'node:path';
import type { Place } from '../contender.ts';

/** The article's stunnel.conf for stunnel and our terminator alike. No line per connection in either's log. */
export function stunnelConfig(place: Place, protocol: 'proxy' | 'proxy-v2'): string {
  return `
foreground = yes
pid = ${join(place.directory, 'terminator.pid')}
debug = warning
cert = ${place.certificate}
[https]
accept = 127.0.0.1:${place.accept}
connect = ${typeof place.connect === 'number' ? `127.0.0.1:${place.connect}` : place.connect}
${place.proxied ? `protocol = ${protocol}` : ''}
`;
}
