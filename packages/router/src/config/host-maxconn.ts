import { openFiles } from '@headgate/shared/process/open-files';

/** File descriptors kept for logs, checks and idle server connections. */
const RESERVE = 128;

/**
 * How many client connections this process can hold when `maxconn` is not set, from the text of /proc/self/limits: each takes one
 * descriptor for the client and one for the server, and each listening socket one. Undefined when there is no limit or none can be read.
 */
export function hostMaxConn(limits: string | undefined, listening: number): number | undefined {
  const files = openFiles(limits ?? '');
  return files === undefined || files === Number.POSITIVE_INFINITY
    ? undefined
    : Math.max(1, Math.floor((files - RESERVE - listening) / 2));
}
