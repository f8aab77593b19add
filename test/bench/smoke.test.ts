import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { missingCommands } from '../../bench/machine.ts';
import type { Result } from '../../bench/results.ts';
import { inRepository } from '../support/programs.ts';
import { TempDir } from '../support/temp.ts';

const run = promisify(execFile);
const absent = missingCommands(['taskset', 'getconf', 'openssl', 'nginx', 'wrk', 'curl', 'haproxy']);
const skip = absent.length > 0 && process.env['CI'] !== 'true' && `not installed: ${absent.join(', ')}`;

it('the bench measures the router beside HAProxy and writes results and report', { skip }, async (t) => {
  const out = new TempDir(t).path;
  const options = ['--smoke', '--only', 'small-bare', '--rows', 'router,haproxy', '--out', out];
  const { stdout } = await run(process.execPath, ['--conditions=x-src', inRepository('bench/run.ts'), ...options]);
  const result = JSON.parse(readFileSync(join(out, 'small-bare.json'), 'utf8')) as Result;
  assert.deepEqual(result.skipped, {}, stdout);
  for (const row of ['router', 'HAProxy']) {
    const [sample] = result.samples[row]?.['64 connections'] ?? [];
    assert.ok(sample !== undefined && sample.items > 0 && sample.processor > 0 && sample.resident > 0, stdout);
  }
  assert.equal(result.ratios['router']?.['64 connections']?.peer, 'HAProxy');
  assert.match(result.date, /^\d{4}-\d\d-\d\dT/);
  const report = readFileSync(join(out, 'performance.md'), 'utf8');
  assert.match(report, /\n## Small answers, differing requests with Host alone\n\n\*\*Provisional\*\*: a smoke run/);
  assert.match(report, /\n\| router \| [\d.]+ \| [\d.]+ × HAProxy \| /);
});
