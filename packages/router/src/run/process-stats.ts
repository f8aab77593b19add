import { hostname } from 'node:os';
import type { GlobalConfig } from '../model/snapshot.ts';
import { performance } from 'node:perf_hooks';
import { openFiles, readProcessLimits } from '@headgate/shared/process/open-files';
import { versionOf } from '@headgate/shared/process/version';
import { newProcessCounters } from '../stats/counters.ts';
import type { ProcessView } from '../stats/view.ts';
import { Pulse } from './pulse.ts';

const version = versionOf(import.meta.resolve('@headgate/router/package.json'));

type OfNow = Pick<
  ProcessView,
  'stopping' | 'current' | 'waiting' | 'maxconn' | 'rates' | 'listeners' | 'droppedLogs' | 'workers'
>;

/** What is counted of the process, and of the configurations that came and went. */
export class ProcessStats {
  readonly counters = newProcessCounters(performance.now());
  readonly #started = performance.now();
  readonly #startedAt = Date.now() / 1000;
  /** The first configuration is none of them. */
  #done = -1;
  #failed = 0;
  #descriptors: number | undefined;
  readonly pulse = new Pulse();
  #lastAt = 0;
  #node: string | undefined = undefined;

  /** A configuration is in effect. */
  applied({ node }: Pick<GlobalConfig, 'node'>): void {
    this.#node = node;
    this.#done += 1;
    this.#lastAt = Date.now() / 1000;
  }

  /** A configuration could not be applied. */
  refused(): void {
    this.#failed += 1;
  }

  /** What is measured of this process, whatever others do. */
  get measured(): Pick<ProcessView, 'memory' | 'idle' | 'loopDelay' | 'bytesOutRate'> {
    return { ...this.pulse.measured, memory: process.memoryUsage.rss() };
  }

  view(now: OfNow): ProcessView {
    return {
      ...now,
      version,
      node: process.version,
      pid: process.pid,
      started: this.#started,
      startedAt: this.#startedAt,
      counters: this.counters,
      ...this.measured,
      hostname: this.#node ?? hostname(),
      descriptors: (this.#descriptors ??= openFiles(readProcessLimits()) ?? 0),
      reloads: { done: this.#done, failed: this.#failed, lastAt: this.#lastAt },
    };
  }
}
