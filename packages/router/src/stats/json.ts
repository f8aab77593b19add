import { COLUMNS, type Row, type RowKind } from './columns.ts';

const TYPES = {
  frontend: 'Frontend',
  backend: 'Backend',
  server: 'Server',
  bind: 'Listener',
} as const satisfies Record<RowKind, string>;

const ORIGINS: Readonly<Record<string, string>> = { M: 'Metric', S: 'Status', K: 'Key', C: 'Config', P: 'Product' };
const NATURES: Readonly<Record<string, string>> = {
  a: 'Avg',
  A: 'Age',
  C: 'Counter',
  D: 'Duration',
  G: 'Gauge',
  L: 'Limit',
  M: 'Max',
  m: 'Min',
  N: 'Name',
  O: 'Output',
  R: 'Rate',
  T: 'Time',
};
const SCOPES: Readonly<Record<string, string>> = { C: 'Cluster', P: 'Process', S: 'Service', s: 'System' };

/** The tags of a value in words. */
export function tagsOf(tags: string): { readonly origin: string; readonly nature: string; readonly scope: string } {
  const [origin = '', nature = '', scope = ''] = tags;
  return { origin: ORIGINS[origin] ?? '', nature: NATURES[nature] ?? '', scope: SCOPES[scope] ?? '' };
}

/** `show stat json` and `;json`: an array of the values of each row. */
export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map(({ kind, proxyId, id, values }) =>
      COLUMNS.flatMap(({ name, tags, type }, pos) => {
        const value = values[name];
        if (value === undefined) return [];
        return [
          {
            objType: TYPES[kind],
            proxyId,
            id,
            field: { pos, name },
            processNum: 1,
            tags: tagsOf(tags),
            value: { type, value },
          },
        ];
      }),
    ),
  );
}
