import { readFileSync } from 'node:fs';

/** The version of the package whose `src/` or `dist/` holds the module with this `import.meta.url`. */
export function versionOf(moduleUrl: string): string {
  const text = readFileSync(new URL('../package.json', moduleUrl), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
