import type { Place } from '../contender.ts';

export interface HaproxyVariant {
  /** Lines for the frontend. */
  readonly frontend?: readonly string[];
  /** Parameters of the bind line. */
  readonly bind?: string;
}

const WATCHED = [
  'option socket-stats',
  'stats enable',
  'http-request use-service prometheus-exporter if { path /metrics }',
];

/**
 * The article's rules for HAProxy and the router alike: the same text, so the same work. Differences from the printed
 * file: loopback ports, `maxconn`, `nbthread 1`, `httpclose` and the log only where a case asks for them,
 * and after a terminator that sends a PROXY header `local` tests that.
 */
export function haproxyConfig(place: Place, { frontend = [], bind = '' }: HaproxyVariant = {}): string {
  const accept = typeof place.accept === 'number' ? `127.0.0.1:${place.accept}` : place.accept;
  return `
global
    maxconn ${place.maxconn}
    nbthread 1

defaults
    mode http
    ${place.log === undefined ? '' : `log ${place.log} local1`}
    option httplog

frontend all
    bind ${accept} ${bind} ${place.proxied ? 'accept-proxy' : ''}
    timeout client 86400000
    ${[...frontend, ...(place.watched === true ? WATCHED : [])].join('\n    ')}
    acl local ${place.proxied ? 'fc_rcvd_proxy' : 'src 127.0.0.1'}
    acl is_websocket hdr(Upgrade) -i WebSocket
    acl is_websocket hdr_beg(Host) -i ws
    acl is_coltrane hdr_dom(host) -i dev-coltrane01
    acl is_maps hdr_dom(host) -i dev-maps01
    redirect prefix https://dev-coltrane01 if !local is_coltrane
    redirect prefix https://dev-maps01 if !local is_maps
    use_backend maps_websocket_backend if is_maps is_websocket
    use_backend maps_http_backend if is_maps
    use_backend coltrane_http_backend if is_coltrane
${['maps_websocket', 'maps_http', 'coltrane_http'].map((name) => backend(name, place)).join('')}`;
}

function backend(name: string, place: Place): string {
  return `
backend ${name}_backend
    balance source
    option forwardfor
    ${place.close ? 'option httpclose' : ''}
    ${name === 'maps_websocket' ? '' : 'option httpchk'}
    timeout queue 100000
    timeout server 86400000
    timeout connect 100000
    server ${name}_server 127.0.0.1:${place.connect} weight 1 maxconn ${place.maxconn} check inter 10000
`;
}
