import type { Sample } from '../history.ts';
import type { Cell } from './lines.ts';
import { keysOf } from './tables.ts';
import { facts, markOf, shapeOf, shownLines, type Delivery } from './page.ts';

/** What the page's script asks for: the texts of all cells in the order of the page, and the samples after the last one it has. */
export function renderLive(delivery: Delivery, samples: readonly Sample[], after: number): string {
  const { proxies, events, tables, token, shown } = delivery;
  const lines = proxies.map((proxy) => shownLines(proxy, delivery));
  return JSON.stringify({
    shape: shapeOf(delivery),
    token,
    facts: facts(delivery),
    lines: lines
      .flat()
      .map(({ cells }) => Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, short(cell)]))),
    marks: proxies.map(({ name, frontend, backend }, at) => {
      const rate = frontend?.counters.requestRate ?? backend?.counters.sessionRate;
      return [name, markOf(lines[at] ?? []), rate?.read(shown.now) ?? 0];
    }),
    tables: tables.map((table) => [table.name, keysOf(table)]),
    samples: samples.filter(({ at }) => at > after).map(numbers),
    events: events.map(({ at, severity, where, text, times }) => [at, severity, where, text, times]),
  });
}

function short({ main, sub = [], tone }: Cell): readonly unknown[] {
  return [main, sub, tone ?? ''];
}

/** JSON has no infinity: what is slower than the last class is a very large number. */
function numbers(sample: Sample): readonly number[] {
  const { at, requests, bytesIn, bytesOut, errors, p50, p99, connections, tunnels, queued } = sample;
  const finite = (value: number): number => Math.min(value, 1e9);
  return [at, requests, bytesIn, bytesOut, errors, finite(p50), finite(p99), connections, tunnels, queued];
}
