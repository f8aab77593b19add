/** File descriptors kept for listeners, logs, checks and idle server connections. */
const RESERVE = 128;

/**
 * How many client connections this process can hold when `maxconn` is not set, from the text of /proc/self/limits: each takes one
 * descriptor for the client and one for the server. Undefined when there is no limit or none can be read.
 */
export function hostMaxConn(limits: string | undefined): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return soft === undefined ? undefined : Math.max(1, Math.floor((Number(soft) - RESERVE) / 2));
}
