import { ask, type AskLimits, type ControlAddress } from '@headgate/shared/admin/ask';
import { StartFailure } from '@headgate/shared/process/start-failure';

/** One line of `show stat`, by the names of its columns. */
export type StatRow = Readonly<Record<string, string>>;

/** What the router reported at one moment. */
export interface Sample {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly info: Readonly<Record<string, string>>;
  readonly rows: readonly StatRow[];
  /** Open tunnels by `backend/server`; undefined where they may not be asked for. */
  readonly tunnels: ReadonlyMap<string, number> | undefined;
}

/** A router that is stopped, or stuck, accepts and answers nothing. */
const LIMITS: AskLimits = { silence: 5000, most: 64 * 1024 * 1024 };

/** Asks a router, or HAProxy, for its numbers. Rejects with the system's error, or when no router answers. */
export async function takeSample(address: ControlAddress): Promise<Sample> {
  const at = performance.now();
  const [info, stat, tunnels] = await Promise.all(
    ['show info', 'show stat', 'show tunnels json'].map((line) => ask(address, line, LIMITS)),
  );
  const known = parseInfo(info ?? '');
  if (known['Name'] === undefined)
    throw new StartFailure(`this is not the control socket of a router: 'show info' is answered '${firstLine(info)}'`);
  return { at, info: known, rows: parseCsv(stat ?? ''), tunnels: parseTunnels(tunnels ?? '') };
}

function firstLine(text = ''): string {
  return (
    text
      .trimStart()
      .slice(0, 60)
      .split(/[\r\n]/)[0] ?? ''
  );
}

function parseInfo(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
    }),
  );
}

/** The lines of `show stat`; empty when the answer is something else. */
export function parseCsv(text: string): readonly StatRow[] {
  const [header = '', ...lines] = text.split('\n');
  if (!header.startsWith('# ')) return [];
  const names = header.slice(2).split(',');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const values = valuesOf(line);
      return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
    });
}

/** Values with a comma or a quote are quoted, and their quotes doubled. */
function valuesOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function parseTunnels(text: string): ReadonlyMap<string, number> | undefined {
  // HAProxy does not know the command, and a user of the socket may not use it.
  if (!text.startsWith('{')) return undefined;
  const { tunnels = [] } = JSON.parse(text) as { tunnels?: readonly { readonly server: string }[] };
  const counts = new Map<string, number>();
  for (const { server } of tunnels) counts.set(server, (counts.get(server) ?? 0) + 1);
  return counts;
}
