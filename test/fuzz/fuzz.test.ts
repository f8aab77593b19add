import { fuzz } from './suite.ts';

/** A new seed for every run, unless FUZZ_SEED repeats one. A few seconds: `run.ts` takes minutes. */
fuzz(3, Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31));
