// What the bins of both programs do. Plain JavaScript: it runs on an old Node.js, and reports that it is one.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

/** Runs program/main.js of a package, dist/main.js where nothing was bundled, or src/main.ts where nothing was built. `bin` is the URL of the package's bin, `program` its name. */
export async function start(program, bin) {
  // An old Node.js would report a syntax error; everything else is in main.ts.
  const major = Number.parseInt(process.versions.node, 10);
  if (major < 24) {
    process.stderr.write(
      `${program}: needs Node.js 24 or newer, this is ${process.version} ` +
        `(in a clone of the repository, 'npx ${program}' takes the one that npm ci brought)\n`,
    );
    process.exit(1);
  }
  const built = ['../program/main.js', '../dist/main.js'].map((file) => new URL(file, bin)).find((file) => existsSync(file));
  if (built !== undefined) {
    await import(built.href);
    return;
  }
  // A clone that was installed without the toolchain (npm ci --omit=dev) has no dist/. Node.js runs the sources then.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ['x-src', ...context.conditions] }),
  });
  await import(new URL('../src/main.ts', bin).href);
}
