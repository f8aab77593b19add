import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';

/** A directory that is removed when the test ends. */
export class TempDir {
  readonly path: string;

  constructor(t: TestContext) {
    this.path = mkdtempSync(join(tmpdir(), 'headgate-test-'));
    onCleanup(t, () => rmSync(this.path, { recursive: true, force: true }));
  }

  join(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file and returns its path. */
  write(name: string, content: string | Buffer): string {
    const path = this.join(name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }
}
