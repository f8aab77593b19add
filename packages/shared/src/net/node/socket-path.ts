/** In front of the name of an abstract socket (unix(7)), which is in no directory; HAProxy's prefix. */
export const ABSTRACT = 'abns@';
/** Bytes of sun_path on Linux. */
const SUN_PATH = 108;

/**
 * What the system calls a unix socket: its path, or for `abns@NAME` the abstract name as HAProxy makes it, which fills sun_path with
 * zeros. Both programs have to use the same name to meet.
 */
export function systemPath(path: string): string {
  return path.startsWith(ABSTRACT) ? `\0${path.slice(ABSTRACT.length)}`.padEnd(SUN_PATH, '\0') : path;
}
