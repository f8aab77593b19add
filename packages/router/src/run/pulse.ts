import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { ProcessView } from '../stats/view.ts';

/** Milliseconds between two looks of the event loop at its own clock: what a turn is late is known to this precision. */
const RESOLUTION = 20;
/** Seconds for which a measured delay is shown. */
const WINDOW = 10;
const NANOSECONDS = 1e9;

/** How busy the process is, measured once a second, and only while it is shown: it costs 50 short wake-ups per second. */
export class Pulse {
  #delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #seconds = 0;
  #loop = performance.eventLoopUtilization();
  #sent = 0;
  #measured: Pick<ProcessView, 'idle' | 'loopDelay' | 'bytesOutRate'> | undefined;

  /** The last second; before the first one, and while nothing is measured, the time since the start. */
  get measured(): Pick<ProcessView, 'idle' | 'loopDelay' | 'bytesOutRate'> {
    return (
      this.#measured ?? {
        idle: 1 - performance.eventLoopUtilization().utilization,
        loopDelay: undefined,
        bytesOutRate: 0,
      }
    );
  }

  start(): void {
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#delay.enable();
    this.#loop = performance.eventLoopUtilization();
  }

  stop(): void {
    this.#delay?.disable();
    this.#delay = undefined;
    this.#measured = undefined;
  }

  /** A second has passed; `sent`: bytes that have gone to clients so far. */
  second(sent: number): void {
    const delay = this.#delay;
    if (delay === undefined) return;
    const loop = performance.eventLoopUtilization(this.#loop);
    this.#loop = performance.eventLoopUtilization();
    // The histogram holds what lies between two looks, and not more than that is expected.
    const late = (value: number): number => Math.max(0, value / NANOSECONDS - RESOLUTION / 1000);
    this.#measured = {
      idle: Math.max(0, 1 - loop.utilization),
      bytesOutRate: Math.max(0, sent - this.#sent),
      loopDelay:
        delay.count === 0
          ? { mean: 0, p99: 0, most: 0 }
          : { mean: late(delay.mean), p99: late(delay.percentile(99)), most: late(delay.max) },
    };
    this.#sent = sent;
    this.#seconds += 1;
    if (this.#seconds % WINDOW === 0) delay.reset();
  }
}
