import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Installs the libraries that are compared with, which no installation of the products carries, when they are not there. */
export function installContenders(bench: string): void {
  if (existsSync(join(bench, 'node_modules'))) return;
  execFileSync('npm', ['ci', '--prefix', bench, '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
  });
}
