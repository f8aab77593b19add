import { holdEarlySignals } from '@headgate/shared/process/early-signals';
import { takeHalfMarker } from './half/marker.ts';

holdEarlySignals();

const half = takeHalfMarker();
if (half !== undefined) await (await import('./half/run-half.ts')).runHalf(half);
else await (await import('./run-both.ts')).runBoth(process.argv.slice(2));
