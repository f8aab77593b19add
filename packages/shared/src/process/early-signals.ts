/** The exit status a shell reports for a process killed by SIGUSR1: 128 plus the signal's number. */
const ENDED_BY_SIGUSR1 = 138;

// oxlint-disable-next-line unicorn/no-process-exit -- nothing has been started yet that could be closed
const end = (): void => process.exit(ENDED_BY_SIGUSR1);

let hungUp = false;
const rememberHangup = (): void => {
  hungUp = true;
};

/**
 * Call this before anything else is loaded. Until a program handles SIGUSR1, Node.js treats the signal as a request to
 * open its debugger on port 9229, and any local user who connects can read the private key. Our bins give
 * the debugger an address it cannot open, which holds from the first instruction on; this covers starts without
 * them, from here on. As with HAProxy, a soft stop before anything serves ends the process.
 */
export function holdEarlySignals(): void {
  process.on('SIGUSR1', end);
  process.on('SIGHUP', rememberHangup);
}

/**
 * Whether a reload was requested before anything could reload, from now on its requests go elsewhere. Unhandled, SIGHUP would end
 * the program: a renewed certificate must not do that to a program that is just starting.
 */
export function takeEarlyHangup(): boolean {
  process.off('SIGHUP', rememberHangup);
  return hungUp;
}

/** For when another handler has taken over: see stop-signals.ts. */
export function releaseEarlySignals(): void {
  process.off('SIGUSR1', end);
}
