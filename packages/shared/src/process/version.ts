import { readFileSync } from 'node:fs';

/** The version that a manifest has: `versionOf(import.meta.resolve('@headgate/router/package.json'))`, wherever the code of the package runs. */
export function versionOf(manifestUrl: string): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL(manifestUrl), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
