import { request } from './client.ts';
import { until } from './until.ts';

/** One line of `;csv` by the names of its columns. */
export type Counted = Readonly<Record<string, string>>;

/** The statistics of a running router: `app/s1` → its line. The page that is asked for counts itself. */
export async function readStats(url: string): Promise<ReadonlyMap<string, Counted>> {
  const { text } = await request(`${url};csv`);
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.replace(/^# /, '').split(',');
  return new Map(
    lines.map((line) => {
      const cells = cellsOf(line);
      const values = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
      return [`${values['pxname']}/${values['svname']}`, values];
    }),
  );
}

/** Waits until a line has these values: servers count when an exchange has ended, which may be after its client knows. */
export function counted(url: string, line: string, wanted: Counted): Promise<void> {
  let last: Counted | undefined;
  return until(`${line} to count`, async () => {
    last = (await readStats(url)).get(line);
    return Object.entries(wanted).every(([name, value]) => last?.[name] === value) ? true : undefined;
  }).then(
    () => undefined,
    () => {
      const shown = Object.keys(wanted).map((name) => `${name}=${last?.[name]} (wanted ${wanted[name]})`);
      throw new Error(`${line}: ${shown.join(', ')}`);
    },
  );
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*),/g)].map(([, cell = '']) => cell.replace(/^"|"$/g, ''));
}
