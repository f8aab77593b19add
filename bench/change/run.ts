import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, missingCommands } from '../machine.ts';
import { EVENT_NAMES, measureEvent, type EventOutcome } from './events.ts';
import { measure, type Course, type Outcome } from './measure.ts';
import { measurePeer, PEERS } from './peer-events.ts';
import { subjects, type SubjectName } from './subjects.ts';

/** What `npm run bench -- --only change` does to each subject. */
export const FULL: Course = {
  sockets: 500,
  interval: 1000,
  rate: 200,
  storm: 100,
  reloads: 100,
  warm: 40_000,
  pause: 300,
  renewed: 5,
};
export const QUICK: Course = { ...FULL, sockets: 100, reloads: 20, warm: 5000 };

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [BEGIN, END] = ['<!-- change: begin -->', '<!-- change: end -->'];
const [EVENTS_BEGIN, EVENTS_END] = ['<!-- events: begin -->', '<!-- events: end -->'];

/** Measures the subjects one after the other and writes the table of docs/reliability.md. */
export async function runChange(
  course: Course,
  names: readonly SubjectName[],
  say: (line: string) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'headgate-change-'));
  const rows: (readonly [string, Outcome])[] = [];
  try {
    for (const name of names) {
      const subject = subjects[name];
      const missing = missingCommands(subject.needs);
      if (missing.length > 0) say(`${subject.title}: ${missing.join(', ')} not installed`);
      else {
        rows.push([subject.title, await measure(subject, course, join(directory, name))]);
        say(rowOf(...(rows.at(-1) as (typeof rows)[number])));
      }
    }
    if (names.includes('router')) {
      const events: (readonly [program: string, EventOutcome])[] = [];
      for (const event of EVENT_NAMES) {
        const own = await measureEvent(event, course, join(directory, event));
        events.push(['router', own]);
        for (const peer of PEERS.filter(({ needs }) => missingCommands(needs).length === 0))
          events.push([
            peer.title,
            {
              title: own.title,
              tally: await measurePeer(peer, event, course, join(directory, `${peer.needs[0]}-${event}`)),
            },
          ]);
      }
      for (const outcome of events) say(eventRow(...outcome));
      replace(EVENTS_BEGIN, EVENTS_END, eventsTable(course, events));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  if (names.length < Object.keys(subjects).length) return;
  replace(BEGIN, END, tableOf(course, rows));
}

/** Puts a table between its marks in docs/reliability.md. */
function replace(begin: string, end: string, table: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [head = '', tail = ''] = [page.split(begin)[0], page.split(end)[1]];
  writeFileSync(PAGE, `${head}${begin}\n\n${table}\n${end}${tail}`);
}

function eventsTable(
  { sockets, rate, storm }: Course,
  events: readonly (readonly [program: string, EventOutcome])[],
): string {
  const { processor, cores, versions } = machine();
  return [
    `Each program under ${sockets} WebSockets sending once a second, ${rate} requests a second and ${storm} connections at once every second.`,
    '',
    '| | | requests | lost | refused | messages | unanswered | WebSockets ended, by code | slowest request |',
    '|---|---|---|---|---|---|---|---|---|',
    ...events.map((outcome) => eventRow(...outcome)),
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cores} cores (${processor}), Node.js ${versions['Node']}: \`npm run bench -- --only change --rows router\`.`,
    '',
  ].join('\n');
}

function eventRow(program: string, { title, tally }: EventOutcome): string {
  const { requests, lost, refused, messages, unanswered, cut, slowest } = tally;
  const cells = [
    title,
    program,
    requests,
    counted(lost),
    refused,
    messages,
    unanswered,
    counted(cut),
    `${Math.round(slowest)} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function tableOf(course: Course, rows: readonly (readonly [string, Outcome])[]): string {
  const { processor, cores, versions } = machine();
  const { sockets, rate, storm, reloads, pause, renewed, warm } = course;
  return [
    `${sockets} WebSockets sending once a second, ${rate} requests a second (half of them on connections of their own), ${storm} connections at once every second; ` +
      `${reloads} reloads, one every ${pause} ms, every tenth with an error in the file; ${renewed} WebSockets leave and come with each. Memory is measured before the first, after ${warm / 1000} s of traffic, and after the last.`,
    '',
    '| | requests | lost | refused | messages | unanswered | WebSockets cut | processes at the end | memory |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(([title, outcome]) => rowOf(title, outcome)),
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cores} cores (${processor}), Node.js ${versions['Node']}: \`npm run bench -- --only change\`.`,
    '',
  ].join('\n');
}

function rowOf(title: string, { tally, processes, memory: [before, after] }: Outcome): string {
  const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
  return `| ${[
    title,
    tally.requests,
    counted(tally.lost),
    tally.refused,
    tally.messages,
    tally.unanswered,
    counted(tally.cut),
    processes,
    `${megabytes(before)} → ${megabytes(after)} MB`,
  ].join(' | ')} |`;
}

/** `3 (ECONNRESET 2, status 503 1)`. */
function counted(reasons: Readonly<Record<string, number>>): string {
  const sum = Object.values(reasons).reduce((total, count) => total + count, 0);
  if (sum === 0) return '0';
  const parts = Object.entries(reasons).map(([reason, count]) => `${reason}: ${count}`);
  return `${sum} (${parts.join(', ')})`;
}
