/** What a shell says of a process that SIGUSR1 ended: 128 and the signal's number. */
const ENDED_BY_SIGUSR1 = 138;

// oxlint-disable-next-line unicorn/no-process-exit -- nothing has been started yet that could be closed
const end = (): void => process.exit(ENDED_BY_SIGUSR1);

/**
 * Call this before anything else is loaded. Until a program listens to SIGUSR1, Node.js takes the signal for a request to
 * open its debugger on port 9229, and whoever connects there reads the private key. Our bins give
 * the debugger an address where it cannot open, which holds from the first instruction on; this is for starts without
 * them, once it has run. As with HAProxy, a soft stop before anything serves ends the process.
 */
export function holdEarlySignals(): void {
  process.on('SIGUSR1', end);
}

/** Another listener has taken over: see stop-signals.ts. */
export function releaseEarlySignals(): void {
  process.off('SIGUSR1', end);
}
