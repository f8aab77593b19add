// node --import count-collections.mjs …: keeps the number of young-generation collections so far in a file, eight
// characters, for bench/measure/collections.ts. There are about ten per second, so the cost of writing is negligible.
import { openSync, writeSync } from 'node:fs';
import { PerformanceObserver, constants } from 'node:perf_hooks';

const file = process.env.HEADGATE_BENCH_COLLECTIONS;
if (file !== undefined) {
  const target = openSync(file, 'w');
  let count = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) count += 1;
    writeSync(target, String(count).padEnd(8), 0);
  }).observe({ entryTypes: ['gc'] });
}
