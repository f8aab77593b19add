import { readFileSync } from 'node:fs';

/** The version of the package whose `src/` or `dist/` holds the module with this `import.meta.url`. */
export function versionOf(moduleUrl: string): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', moduleUrl), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
