import { holdEarlySignals, releaseEarlySignals } from './early-signals.ts';

/** What a signal asks for: `stop` ends within a deadline, `soft-stop` waits for ever unless one is set. */
export type StopRequest = { readonly kind: 'stop' | 'soft-stop'; readonly signal: NodeJS.Signals };

const stopSignals = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop',
  SIGUSR1: 'soft-stop',
} as const satisfies Partial<Record<NodeJS.Signals, StopRequest['kind']>>;

/**
 * Calls `onStop` for each signal that asks for an end, from the first on; the receiver counts.
 * SIGUSR1 counts as HAProxy's soft stop. Returns a function that lets go of the signals.
 */
export function listenForStop(onStop: (request: StopRequest) => void): () => void {
  const listeners = Object.entries(stopSignals).map(([signal, kind]) => {
    const name = signal as keyof typeof stopSignals;
    const listener = (): void => onStop({ kind, signal: name });
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  releaseEarlySignals();
  return () => {
    // The program goes on without these: SIGUSR1 must not open the debugger now either.
    holdEarlySignals();
    listeners.forEach((remove) => remove());
  };
}
