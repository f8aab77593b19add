/** The addresses of a process as log lines show them. There may be none: a control socket is reason enough to run. */
export function placesOf(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'its control socket alone' : addresses.join(', ');
}
