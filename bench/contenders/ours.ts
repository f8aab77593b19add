import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMANDS = { router: 'headgate-router.js', 'tls-terminator': 'headgate-terminator.js' } as const;
const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** Another clone, built, whose programs are measured beside ours: what a change costs. */
export const BEFORE = process.env['HEADGATE_BENCH_BEFORE'];

/** How one of our programs is started: as its command and the units in deploy/ do when the build is up to date, else from source. */
export function ours(product: 'router' | 'tls-terminator'): readonly [string, ...string[]] {
  const bin = join(packages, product, 'bin', COMMANDS[product]);
  return isBuilt(product)
    ? [process.execPath, ...optionsOf(bin), bin]
    : [process.execPath, ...optionsOf(bin), '--conditions=x-src', join(packages, product, 'src/main.ts')];
}

/** What a command gives to Node.js, in its second line, which a shell reads. */
function optionsOf(bin: string): readonly string[] {
  const options = /^.* exec .*\bnode (--.*) "\$0"/m.exec(readFileSync(bin, 'utf8'))?.[1];
  return options?.split(' ') ?? [];
}

/** The same for the clone that ours are compared with. */
export function oursBefore(product: 'router' | 'tls-terminator'): readonly [string, ...string[]] {
  if (BEFORE === undefined) throw new Error('HEADGATE_BENCH_BEFORE is not set');
  const bin = join(BEFORE, 'packages', product, 'bin', COMMANDS[product]);
  return [process.execPath, ...new Set([...optionsOf(bin), '--no-memory-reducer']), bin];
}

/** Whether the bundle that the product's command runs is up to date. */
export function isBuilt(product: 'router' | 'tls-terminator'): boolean {
  const bundled = newest(join(packages, product, 'program'));
  return [product, 'shared'].every((name) => bundled >= newest(join(packages, name, 'src')));
}

function newest(directory: string): number {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|js|tsbuildinfo)$/.test(path) && !path.endsWith('.test.ts'))
      .reduce((latest, path) => Math.max(latest, statSync(join(directory, path)).mtimeMs), 0);
  } catch {
    return -1;
  }
}
