/**
 * Regular expressions compared with V8's backtracking engine, on typical patterns of `path_reg` and `hdr_reg`:
 * `node --conditions=x-src bench/regex.ts`, and with groups, on patterns that replace text. Medians of processor time per sample, over interleaved rounds.
 */
import { compileRegex } from '@headgate/shared/regex/compile';

const ROUNDS = 15;
const SAMPLES = 100_000;
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const CASES: readonly (readonly [pattern: string, ignoreCase: boolean, sample: string])[] = [
  ['^/api/v[0-9]+/', false, '/api/v12/users/1'],
  ['^/api/v[0-9]+/', false, '/assets/app/main.js'],
  ['\\.(jpg|png|css|js)$', false, '/assets/images/2024/photo-of-cat.png'],
  ['\\.(jpg|png|css|js)$', false, '/assets/images/2024/photo.of.cat/index.html'],
  ['^(www\\.)?example\\.(com|net)$', false, 'www.example.net'],
  ['bot|crawler|spider', true, BROWSER],
  ['bot|crawler|spider', true, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
];

/** Matched with their groups. */
const GROUPS: readonly (readonly [pattern: string, sample: string])[] = [
  ['^https://([^/]*)/.*', 'https://dev-coltrane01/articles/123456'],
  ['^/old/(.*)$', '/old/a/b/c/d'],
  ['(.*)\\.php$', '/a/b/c/index.php'],
  ['(\\w+)=(\\d+)', 'session=abcdef; theme=dark; seen=12345'],
];

let hits = 0;

/** Nanoseconds of processor time per sample. */
function time(test: (sample: string) => boolean, samples: readonly string[]): number {
  const start = process.cpuUsage();
  for (let round = 0; round < SAMPLES; round += samples.length)
    for (const sample of samples) if (test(sample)) hits += 1;
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / SAMPLES;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}

function compare(pattern: string, ignoreCase: boolean, sample: string, groups: boolean): void {
  const { regex } = compileRegex(pattern, { ignoreCase });
  if (regex === undefined) throw new Error(`refused: ${pattern}`);
  const native = new RegExp(pattern, ignoreCase ? 'i' : '');
  // As in a request: slices of a longer string.
  const samples = Array.from({ length: 50 }, () => Buffer.from(`GET ${sample}`).toString('latin1').slice(4));
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(time(groups ? (text) => regex.match(text) !== undefined : (text) => regex.test(text), samples));
    theirs.push(time(groups ? (text) => native.exec(text) !== null : (text) => native.test(text), samples));
  }
  const [own, other] = [median(ours), median(theirs)];
  const figures = `${own.toFixed(0)} ns, V8 ${other.toFixed(0)} ns, ratio ${(own / other).toFixed(2)}`;
  console.log(`${pattern} on ${sample.length} characters${groups ? ', groups' : ''}: ${figures}`);
}

for (const [pattern, ignoreCase, sample] of CASES) compare(pattern, ignoreCase, sample, false);
for (const [pattern, sample] of GROUPS) compare(pattern, false, sample, true);
if (hits === 0) throw new Error('nothing matched');
