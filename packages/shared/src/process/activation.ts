import { closeSync, readFileSync, readlinkSync } from 'node:fs';
import type { Logger } from '../log/logger.ts';
import { inherit, listeningKey, role } from '../net/node/inherited.ts';

/** The first descriptor that a supervisor passes (sd_listen_fds(3)). */
const FIRST = 3;
/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A';

/** The part of the environment that a supervisor sets. */
export interface ActivationEnvironment {
  LISTEN_PID?: string | undefined;
  LISTEN_FDS?: string | undefined;
  LISTEN_FDNAMES?: string | undefined;
}

/**
 * Takes over the listening sockets of systemd (`.socket` units, LISTEN_FDS): an address of the configuration that one of them has is
 * not bound again. Without such sockets it costs nothing. The variables are removed: children have other sockets.
 */
export function takeActivated(env: ActivationEnvironment, logger: Pick<Logger, 'log'>): void {
  const count = Number(env.LISTEN_FDS ?? 0);
  const mine = env.LISTEN_PID === String(process.pid);
  delete env.LISTEN_PID;
  delete env.LISTEN_FDS;
  delete env.LISTEN_FDNAMES;
  if (!mine || !Number.isInteger(count) || count <= 0) return;
  if (role().kind === 'primary')
    return logger.log(
      'warning',
      'the sockets of the supervisor (LISTEN_FDS) are not used: workers share sockets of the primary',
    );
  const known = listeningSockets();
  for (let fd = FIRST; fd < FIRST + count; fd += 1) {
    const place = known.get(inodeOf(fd));
    if (place === undefined)
      logger.log('warning', `descriptor ${fd} of the supervisor is not a listening TCP socket: it is not used`);
    else {
      const { host, port } = place;
      inherit(listeningKey(host, port, false), { index: 0, handle: { fd, close: () => closeSync(fd) } });
      logger.log('info', `the supervisor listens on ${host.includes(':') ? `[${host}]` : host}:${port}`);
    }
  }
}

function inodeOf(fd: number): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** Addresses of listening TCP sockets by inode. */
function listeningSockets(): ReadonlyMap<string, { readonly host: string; readonly port: number }> {
  return new Map([...socketsIn('/proc/net/tcp', ipv4), ...socketsIn('/proc/net/tcp6', ipv6)]);
}

function socketsIn(
  file: string,
  hostOf: (hex: string) => string,
): readonly (readonly [string, { readonly host: string; readonly port: number }])[] {
  return textOf(file)
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state !== LISTENING || inode === undefined) return [];
      return [[inode, { host: hostOf(address), port: Number.parseInt(port, 16) }] as const];
    });
}

/** Words of four bytes, each in the order of the machine: least significant byte first. */
function bytesOf(hex: string): readonly number[] {
  const words = hex.match(/.{8}/g) ?? [];
  return words.flatMap((word) => (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)));
}

function ipv4(hex: string): string {
  return bytesOf(hex).join('.');
}

function ipv6(hex: string): string {
  const bytes = bytesOf(hex);
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  // The shortest form, as the system prints addresses.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
