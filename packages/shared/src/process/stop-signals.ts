import { holdEarlySignals, releaseEarlySignals } from './early-signals.ts';

/**
 * The kind of stop: `stop` ends within a deadline, `soft-stop` waits indefinitely unless one is set, and so does `handed-over`, which lets
 * idle connections stay too: another process serves already.
 */
export type StopRequest = { readonly kind: 'stop' | 'soft-stop' | 'handed-over'; readonly signal: NodeJS.Signals };

const stopSignals = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop',
  SIGUSR1: 'soft-stop',
} as const satisfies Partial<Record<NodeJS.Signals, StopRequest['kind']>>;

/**
 * Calls `onStop` for every stop signal; the receiver counts them.
 * SIGUSR1 counts as HAProxy's soft stop. Returns a function that removes the handlers.
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
    // The program keeps running after this: SIGUSR1 must still not open the debugger.
    holdEarlySignals();
    listeners.forEach((remove) => remove());
  };
}
