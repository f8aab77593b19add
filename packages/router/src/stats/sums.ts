/** Counters of several processes, added: a primary shows those of its workers as its own. */
import { performance } from 'node:perf_hooks';
import type { RateOfEvents, TimeCounter } from '../model/counters.ts';
import { average, SAMPLES } from './average.ts';

/** A counter as plain data that another process can read. */
export type PlainCounters = { readonly [name: string]: number | readonly number[] | PlainCounters };

/** What only the process that checks counts. */
const OF_THE_PRIMARY: ReadonlySet<string> = new Set(['running', 'changed', 'downs', 'downtime', 'failedChecks']);
/** Values of the moment, which end with the process that counted them. */
const OF_NOW: ReadonlySet<string> = new Set(['tunnels', 'open', 'idle', 'rate']);

/** `counters` of this process at `now`. */
export function plainCounters(counters: object, now: number): PlainCounters {
  const plain: Record<string, PlainCounters[string]> = {};
  for (const [name, value] of Object.entries(counters) as [string, unknown][]) {
    if (OF_THE_PRIMARY.has(name)) continue;
    if (isRate(value)) plain[name] = { rate: value.read(now), most: value.most };
    else if (isTime(value)) plain[name] = { mean: average(value, requestsOf(counters)), most: value.most };
    // Monotonic clocks begin with their process: the other one has another beginning.
    else if (name === 'lastSession')
      plain[name] = typeof value === 'number' && value >= 0 ? performance.timeOrigin + value : -1;
    else if (typeof value === 'number') plain[name] = value;
    else if (Array.isArray(value)) plain[name] = [...(value as number[])];
    else if (typeof value === 'object' && value !== null) plain[name] = plainCounters(value, now);
  }
  return plain;
}

/** Of a process that has ended: what it counted stays, what it had at the moment is 0. */
export function withoutNow(counters: PlainCounters): PlainCounters {
  return Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [
      name,
      OF_NOW.has(name) ? 0 : typeof value === 'object' && !isList(value) ? withoutNow(value) : value,
    ]),
  );
}

/** Both together: numbers are added; of maxima and of times the greater one counts, and means are weighted by requests. */
export function addCounters(one: PlainCounters | undefined, other: PlainCounters): PlainCounters {
  if (one === undefined) return other;
  const sum: Record<string, PlainCounters[string]> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const before = sum[name];
    if (before === undefined) sum[name] = value;
    else if (isList(value)) sum[name] = value.map((count, at) => count + (isList(before) ? (before[at] ?? 0) : 0));
    else if (typeof value === 'number')
      sum[name] = typeof before !== 'number' ? value : isGreatest(name) ? Math.max(before, value) : before + value;
    else if (!isList(before) && typeof before === 'object')
      sum[name] =
        'mean' in value ? meanOf([before, requestsOf(one)], [value, requestsOf(other)]) : addCounters(before, value);
  }
  return sum;
}

/** Gives the counters of this process the values of `plain`. */
export function showCounters(counters: object, plain: PlainCounters): void {
  for (const [name, value] of Object.entries(counters) as [string, unknown][]) {
    const shown = plain[name];
    if (shown === undefined || OF_THE_PRIMARY.has(name)) continue;
    if (isRate(value)) showRate(value, shown as PlainCounters);
    else if (isTime(value)) showTime(value, shown as PlainCounters, requestsOf(plain));
    else if (name === 'lastSession')
      Reflect.set(counters, name, typeof shown === 'number' && shown >= 0 ? shown - performance.timeOrigin : -1);
    else if (typeof value === 'number') Reflect.set(counters, name, shown);
    else if (Array.isArray(value)) value.splice(0, value.length, ...(shown as readonly number[]));
    else if (typeof value === 'object' && value !== null) showCounters(value, shown as PlainCounters);
  }
}

function showRate(rate: RateOfEvents, { rate: now, most }: PlainCounters): void {
  rate.most = Math.max(Number(most), Number(now));
  rate.read = () => Number(now);
}

/** The sliding sum of which that is the mean. */
function showTime(time: TimeCounter, { mean, most }: PlainCounters, requests: number): void {
  time.most = Number(most);
  time.sum = Math.round(Number(mean) * Math.min(requests, SAMPLES));
}

function meanOf(
  [one, oneWeight]: readonly [PlainCounters, number],
  [other, otherWeight]: readonly [PlainCounters, number],
): PlainCounters {
  const weight = oneWeight + otherWeight;
  const mean = weight === 0 ? 0 : (Number(one['mean']) * oneWeight + Number(other['mean']) * otherWeight) / weight;
  return { mean, most: Math.max(Number(one['most']), Number(other['most'])) };
}

function isGreatest(name: string): boolean {
  return name.startsWith('most') || name === 'lastSession';
}

function requestsOf(counters: object): number {
  const requests: unknown = Reflect.get(counters, 'requests');
  return typeof requests === 'number' ? requests : 0;
}

function isRate(value: unknown): value is RateOfEvents {
  return typeof value === 'object' && value !== null && 'read' in value && typeof value.read === 'function';
}

/** Its two numbers, and no list of classes. */
function isTime(value: unknown): value is TimeCounter {
  return typeof value === 'object' && value !== null && 'sum' in value && 'most' in value && !('counts' in value);
}

function isList(value: PlainCounters[string] | undefined): value is readonly number[] {
  return Array.isArray(value);
}
