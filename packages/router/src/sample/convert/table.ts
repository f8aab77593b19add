import type { StickTable } from '../../tables/stick-table.ts';
import type { TableEntry } from '../../tables/table-entry.ts';
import type { Value } from '../../model/values.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { integer, optional, required } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { onTyped } from '../row.ts';
import type { Converter, Step } from '../row.ts';
import { tableKey } from '../table-key.ts';
import { generalValues, tableValues } from '../table-values.ts';
import type { TableValue } from '../table-values.ts';

const reads = ['state'] as const;
const number = (text: string): string | undefined =>
  /^\d{1,2}$/.test(text) ? undefined : `'${text}' is not a number below 100`;

/** The proxy's own where none is named. */
const ownTable = optional('table');

/** Looks the value up as a key of a table and reads its entry; no value for what cannot be a key. */
function lookup(
  args: Args,
  at: number,
  read: (entry: TableEntry | undefined, table: StickTable) => Value | undefined,
): Step {
  const name = args.has(at) ? args.raw(at) : (args.context.tables?.own ?? '');
  if (args.at !== undefined) args.context.tables?.refer(name, args.at);
  return onTyped(({ type, value }, on: Evaluation) => {
    const table = on.tracking?.tables.get(name);
    const key = table === undefined ? undefined : tableKey(table.spec, type, value);
    return table === undefined || key === undefined ? undefined : read(table.peek(key), table);
  });
}

function valueOf(name: string, { doc, indexed, read }: TableValue): [string, Converter] {
  const many = indexed === true;
  return [
    `table_${name}`,
    {
      from: 'any',
      to: 'sint',
      args: many ? [required('index', number), ownTable] : [ownTable],
      reads,
      doc: `${doc.replace(/\.$/, '')}, of the value as a key of a stick table; 0 when the table has no such key.`,
      example: `src,table_${name}(${many ? '0,' : ''}t)`,
      compile: (args) =>
        lookup(args, many ? 1 : 0, (entry, table) =>
          entry === undefined ? 0 : read(table, entry, many ? args.number(0) : 0),
        ),
    },
  ];
}

/** A time of an entry in milliseconds; the default, or no value, when there is none. */
function timeOf(name: string, doc: string, time: (table: StickTable, entry: TableEntry) => number): Converter {
  return {
    from: 'any',
    to: 'sint',
    args: [ownTable, optional('default', integer)],
    reads,
    doc,
    example: `src,${name}(t,-1)`,
    compile: (args) =>
      lookup(args, 0, (entry, table) => {
        if (entry !== undefined) return time(table, entry);
        return args.has(1) ? args.number(1) : undefined;
      }),
  };
}

/** Look-ups in stick tables (HAProxy manual §7.3.1: `in_table`, `table_*`). */
export const tables: Readonly<Record<string, Converter>> = {
  in_table: {
    from: 'any',
    to: 'bool',
    args: [ownTable],
    reads,
    doc: 'True when the value is a key of a stick table.',
    example: 'src,in_table(t)',
    compile: (args) => lookup(args, 0, (entry) => entry !== undefined),
  },
  ...Object.fromEntries([
    ...Object.entries<TableValue>(tableValues).map(([name, value]) => valueOf(name, value)),
    ...Object.entries<TableValue>(generalValues).map(([name, value]) => valueOf(name, value)),
    valueOf('server_id', {
      doc: 'The number of the server that the key sticks to.',
      read: (table, entry) => table.read(entry, 'server_id'),
    }),
    valueOf('trackers', {
      doc: 'How many connections and requests track the key.',
      read: (_table, entry) => entry.references,
    }),
  ]),
  table_expire: timeOf(
    'table_expire',
    'Milliseconds until the value, as a key of a stick table, expires.',
    (table, entry) => table.remaining(entry),
  ),
  table_idle: timeOf(
    'table_idle',
    'Milliseconds since the value, as a key of a stick table, was used.',
    (table, entry) => Math.max(0, table.spec.expire - table.remaining(entry)),
  ),
};
