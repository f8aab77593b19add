import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './contender.ts';

/** Installs the libraries to compare with, which are not dependencies of the products, when they are needed and missing. */
export function installContenders(bench: string, wanted: readonly Contender[]): void {
  if (!wanted.some(({ library }) => library) || existsSync(join(bench, 'node_modules'))) return;
  execFileSync('npm', ['ci', '--prefix', bench, '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
  });
}
