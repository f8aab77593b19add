import { parseInteger } from '@headgate/shared/config/units';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { ServiceDraft } from '../draft.ts';
import { yesNo } from '../values.ts';

/** Whose socket, which option, and its field in the draft. */
const SWITCHES = {
  'l:tcp_nodelay': 'clientNoDelay',
  'l:so_keepalive': 'clientKeepAlive',
  'r:tcp_nodelay': 'serverNoDelay',
  'r:so_keepalive': 'serverKeepAlive',
} as const;

const SECONDS = { 'l:tcp_keepidle': 'clientKeepIdle', 'r:tcp_keepidle': 'serverKeepIdle' } as const;

/** What `stunnel -sockets` lists besides: Node.js sets none of these. */
const IDLE = new Set([
  'so_debug',
  'so_dontroute',
  'so_linger',
  'so_oobinline',
  'so_rcvbuf',
  'so_sndbuf',
  'so_rcvlowat',
  'so_sndlowat',
  'so_rcvtimeo',
  'so_sndtimeo',
  'so_reuseaddr',
  'tcp_keepcnt',
  'tcp_keepidle',
  'tcp_keepintvl',
  'tcp_nodelay',
  'so_keepalive',
  'ip_tos',
  'ip_ttl',
  'ip_freebind',
]);

/** Reads `[a|l|r]:OPTION=VALUE[:VALUE]`, stunnel(8) `socket`. */
export function applySocketOption(value: Word, draft: ServiceDraft, problems: Problems): void {
  const [, side, name = '', written = ''] = /^([alr]):\s*(\w+)\s*=\s*(.*)$/i.exec(value.text) ?? [];
  if (side === undefined) {
    problems.error(value.at, "write the option as 'l:TCP_NODELAY=yes'");
    return;
  }
  const key = `${side.toLowerCase()}:${name.toLowerCase()}`;
  const text = written === '1' ? 'yes' : written === '0' ? 'no' : written;
  if (isKeyOf(SWITCHES, key)) {
    draft.sockets[SWITCHES[key]] = yesNo({ ...value, text }, problems) ?? draft.sockets[SWITCHES[key]];
  } else if (isKeyOf(SECONDS, key)) {
    const seconds = parseInteger(written, 1, 32_767);
    if ('value' in seconds) draft.sockets[SECONDS[key]] = seconds.value;
    else problems.error(value.at, seconds.error);
  } else if (key === 'a:ipv6_v6only') {
    draft.v6only = yesNo({ ...value, text }, problems) ?? draft.v6only;
  } else if (name.toLowerCase() === 'so_bindtodevice') {
    problems.error(
      value.at,
      'SO_BINDTODEVICE is not supported: Node.js cannot bind to a device; bind to its address with accept or local, or let the firewall (nftables iifname) decide',
    );
  } else if (!IDLE.has(name.toLowerCase()) && name.toLowerCase() !== 'ipv6_v6only') {
    problems.error(value.at, `there is no socket option '${name}'`);
  } else if (key !== 'a:so_reuseaddr' || text !== 'yes') {
    problems.warning(
      value.at,
      `socket option ${name} has no effect here: Node.js cannot set it; the system's default applies`,
    );
  }
}

function isKeyOf<T extends object>(table: T, name: string): name is keyof T & string {
  return Object.hasOwn(table, name);
}
