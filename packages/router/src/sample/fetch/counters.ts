import type { Tracked } from '../../tables/tracking.ts';
import type { StickTable } from '../../tables/stick-table.ts';
import type { TableEntry } from '../../tables/table-entry.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { SampleType } from '../../model/values.ts';
import { optional, required } from '../arguments.ts';
import type { Args, Argument } from '../arguments.ts';
import { single } from '../row.ts';
import type { AnyReading, Fetch } from '../row.ts';
import { tableKey } from '../table-key.ts';
import { clear, counted, generalValues, increment, tableValues } from '../table-values.ts';
import type { GeneralCounter, TableValue } from '../table-values.ts';

const reads = ['state'] as const;
/** Of arrays and of slots. */
const number: Argument['check'] = (text) =>
  /^\d{1,2}$/.test(text) ? undefined : `'${text}' is not a number below 100`;

/** The entry a fetch reads. `entry` is undefined when the table has none for the key; the whole when there is no key. */
interface Located {
  readonly table: StickTable;
  readonly entry: TableEntry | undefined;
}

/** How a family of fetches finds its entry. */
interface Family {
  /** `sc0_`: what the names begin with. */
  readonly prefix: string;
  /** Arguments behind an index. */
  readonly args: readonly Argument[];
  readonly example: readonly string[];
  readonly subject: string;
  /** `at` is where the family's own arguments begin. `create`: an entry that does not exist is made, where the family may. */
  locate(args: Args, at: number): (on: Evaluation, create: boolean) => Located | undefined;
}

const otherTable = optional('table');

/** The table that an argument names, if there is one. */
function namedTable(args: Args, at: number, key?: SampleType): string | undefined {
  return args.has(at) ? referred(args, args.raw(at), key) : undefined;
}

/** The same, or the proxy's own. */
function tableOrOwn(args: Args, at: number, key?: SampleType): string {
  return namedTable(args, at, key) ?? referred(args, args.context.tables?.own ?? '', key);
}

function referred(args: Args, name: string, key: SampleType | undefined): string {
  if (args.at !== undefined) args.context.tables?.refer(name, args.at, key);
  return name;
}

/** What is tracked in a slot, or the same key in another table. */
function trackedIn(slot: number, other: string | undefined): ReturnType<Family['locate']> {
  if (other === undefined) return (on) => on.tracking?.tracked(slot);
  return (on) => {
    const tracked: Tracked | undefined = on.tracking?.tracked(slot);
    const elsewhere = on.tracking?.tables.get(other);
    if (tracked === undefined || elsewhere === undefined) return undefined;
    return { table: elsewhere, entry: elsewhere.peek(tracked.entry.key) };
  };
}

const families: readonly Family[] = [
  {
    prefix: 'sc_',
    args: [required('slot', number), otherTable],
    example: ['0'],
    subject: 'of the key tracked in a slot',
    locate: (args, at) => trackedIn(args.number(at), namedTable(args, at + 1)),
  },
  ...[0, 1, 2].map((slot): Family => ({
    prefix: `sc${slot}_`,
    args: [otherTable],
    example: [],
    subject: `of the key tracked by track-sc${slot}`,
    locate: (args, at) => trackedIn(slot, namedTable(args, at)),
  })),
  {
    prefix: 'src_',
    args: [otherTable],
    example: [],
    subject: "of the client's address",
    locate(args, at) {
      const name = tableOrOwn(args, at, 'addr');
      return (on, create) => {
        const within = on.tracking?.tables.get(name);
        if (within === undefined) return undefined;
        const { address } = on.connection.client;
        const key = address === '' ? undefined : tableKey(within.spec, 'addr', address);
        if (key === undefined) return undefined;
        return { table: within, entry: create ? within.obtain(key) : within.peek(key) };
      };
    },
  },
];

/** A fetch of one family. `find` turns what was located into the value. */
function fetchOf(
  family: Family,
  name: string,
  { doc, indexed }: { readonly doc: string; readonly indexed?: true },
  find: (index: number, locate: (on: Evaluation, create: boolean) => Located | undefined) => AnyReading,
  type: 'sint' | 'bool' = 'sint',
): [string, Fetch] {
  const { prefix, args, subject } = family;
  const example = [...(indexed === true ? ['0'] : []), ...family.example].join(',');
  return [
    prefix + name,
    {
      type,
      args: indexed === true ? [required('index', number), ...args] : args,
      reads,
      doc: `${doc.replace(/\.$/, '')}, ${subject}.`,
      example: `${prefix}${name}${example === '' ? '' : `(${example})`}`,
      compile: (given) => find(indexed === true ? given.number(0) : 0, family.locate(given, indexed === true ? 1 : 0)),
    },
  ];
}

function reading(family: Family, name: string, value: TableValue): [string, Fetch] {
  return fetchOf(family, name, value, (index, locate) =>
    single('number', (on) => {
      const found = locate(on, false);
      if (found === undefined) return undefined;
      // No such entry counts as nothing; a value that the table does not store is none.
      return found.entry === undefined ? 0 : value.read(found.table, found.entry, index);
    }),
  );
}

const COUNTERS: readonly GeneralCounter[] = ['gpc0', 'gpc1', 'gpc'];
const ORDINAL = { gpc0: 'the first general counter', gpc1: 'the second general counter', gpc: 'a general counter' };

function changing(family: Family, name: GeneralCounter): [string, Fetch][] {
  const indexed = name === 'gpc' ? ({ indexed: true } as const) : {};
  const inc = { doc: `Increments ${ORDINAL[name]} and gives its new value`, ...indexed };
  const clr = { doc: `Clears ${ORDINAL[name]} and gives its value before`, ...indexed };
  return [
    fetchOf(family, `inc_${name}`, inc, (index, locate) =>
      single('number', (on) => {
        const found = locate(on, true);
        if (found?.entry === undefined) return found === undefined ? undefined : 0;
        increment(found.table, found.entry, name, index);
        return counted(found.table, found.entry, name, index);
      }),
    ),
    fetchOf(family, `clr_${name}`, clr, (index, locate) =>
      single('number', (on) => {
        const found = locate(on, false);
        if (found?.entry === undefined) return found === undefined ? undefined : 0;
        const before = counted(found.table, found.entry, name, index);
        clear(found.table, found.entry, name, index);
        return before;
      }),
    ),
  ];
}

/** Who tracks a key is known for what is tracked only. */
function tracking(family: Family): [string, Fetch][] {
  return [
    fetchOf(
      family,
      'tracked',
      { doc: 'True when a key is tracked' },
      (_index, locate) => single('truth', (on) => locate(on, false) !== undefined),
      'bool',
    ),
    fetchOf(family, 'trackers', { doc: 'How many connections and requests track the key' }, (_index, locate) =>
      single('number', (on) => {
        const found = locate(on, false);
        return found === undefined ? undefined : (found.entry?.references ?? 0);
      }),
    ),
  ];
}

function updatesConnections(family: Family): [string, Fetch] {
  const about = { doc: 'Increments conn_cnt and gives its new value' };
  return fetchOf(family, 'updt_conn_cnt', about, (_index, locate) =>
    single('number', (on) => {
      const found = locate(on, true);
      if (found?.entry === undefined || !found.table.stores('conn_cnt')) return undefined;
      found.table.count(found.entry, 'conn_cnt');
      found.table.touch(found.entry);
      return found.table.read(found.entry, 'conn_cnt');
    }),
  );
}

function tableCount(name: string, doc: string, read: (of: StickTable) => number): [string, Fetch] {
  return [
    name,
    {
      type: 'sint',
      args: [otherTable],
      reads,
      doc,
      example: name,
      compile(args) {
        const wanted = tableOrOwn(args, 0);
        return single('number', (on) => {
          const found = on.tracking?.tables.get(wanted);
          return found === undefined ? undefined : read(found);
        });
      },
    },
  ];
}

/** Fetches of stick tables (HAProxy manual §7.3.2 and §7.3.3: `sc_*`, `sc0_*`, `src_*`, `table_*`). */
export const counters: Readonly<Record<string, Fetch>> = Object.fromEntries([
  ...families.flatMap((family) => [
    ...Object.entries<TableValue>(tableValues).map(([name, value]) => reading(family, name, value)),
    ...Object.entries<TableValue>(generalValues).map(([name, value]) => reading(family, `get_${name}`, value)),
    ...COUNTERS.flatMap((name) => changing(family, name)),
    ...(family.prefix === 'src_' ? [updatesConnections(family)] : tracking(family)),
  ]),
  tableCount('table_avl', 'Free places of a stick table.', (of) => of.spec.size - of.used),
  tableCount('table_cnt', 'Keys in a stick table.', (of) => of.used),
]);
