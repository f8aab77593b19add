import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';

/** Debian's Chromium; overridden by the variable CHROMIUM. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** A real browser that resolves only the given names, to this machine. */
export async function startChromium(t: TestContext, names: readonly string[]): Promise<Browser> {
  const rules = [...names.map((name) => `MAP ${name} 127.0.0.1`), 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(', ');
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [...QUIET, `--host-resolver-rules=${rules}`],
  });
  onCleanup(t, () => browser.close());
  return browser;
}
