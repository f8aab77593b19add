import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Loaded into a program by NODE_OPTIONS (soak.ts): on SIGWINCH, which means nothing to it, it collects all garbage and reports what
// is left. Between two collections a program may well have a hundred megabytes that nobody has looked at yet.
process.on('SIGWINCH', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') throw new Error('no collector');
  Reflect.apply(collect, undefined, [{ type: 'major', execution: 'sync', flavor: 'last-resort' }]);
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`collected: ${heapUsed + external}\n`);
});
