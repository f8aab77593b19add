import { fuzz } from './suite.ts';

/** A new seed for every run, unless FUZZ_SEED repeats one. Runs a few seconds; use `run.ts` for longer runs. */
fuzz(3, Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31));
