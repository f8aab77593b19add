// Says what is missing in a clone, where npm scripts would end with the stack trace of a module that is not there.
// Runs on any Node.js: the one of the project may be what is missing. `toolchain`: a compiler and a linter are needed too.
import { existsSync } from 'node:fs';

const programs = process.argv[2] === 'toolchain' ? ['node', 'tsc', 'oxfmt', 'oxlint'] : ['node'];
const missing = programs.filter((name) => !existsSync(new URL(`../node_modules/.bin/${name}`, import.meta.url)));
if (missing.includes('node')) {
  console.error('run npm ci first');
  process.exit(1);
}
if (missing.length > 0) {
  console.error('run npm ci first, without --omit=dev: this needs the toolchain');
  process.exit(1);
}
