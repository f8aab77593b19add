import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { SampleType } from '../model/values.ts';
import type { TableNames } from '../sample/arguments.ts';
import { fitsTable } from '../sample/table-key.ts';
import { typeNames } from '../sample/value.ts';
import type { TableSpec } from '../tables/stick-table.ts';
import type { ProxyDraft, TableDraft } from './draft.ts';

interface Reference {
  readonly name: string;
  readonly at: Position;
  readonly key: SampleType | undefined;
  readonly servers: boolean;
}

/** The stick tables that rules and expressions name: they may be declared further down, so they are checked in the end. */
export class TableReferences {
  readonly #references: Reference[] = [];
  readonly #peers: TableDraft[] = [];

  /** What a proxy's expressions are compiled with. */
  namesFor(own: string): TableNames {
    return {
      own,
      refer: (name, at, key, servers = false) => void this.#references.push({ name, at, key, servers }),
    };
  }

  /** The same for rules in `defaults`, which have no table of their own: as in HAProxy they have to name one. */
  namesInDefaults(): TableNames {
    return this.namesFor('');
  }

  /** Tables of a `peers` section, known as `PEERS/NAME`. */
  add(tables: readonly TableDraft[]): void {
    this.#peers.push(...tables);
  }

  /** The tables of all proxies, once every name is known. */
  check(proxies: readonly Pick<ProxyDraft, 'name' | 'kind' | 'tables'>[], problems: Problems): readonly TableSpec[] {
    const tables = new Map<string, TableSpec>();
    for (const { tables: own } of [{ tables: this.#peers }, ...proxies])
      for (const { spec, at } of own) {
        if (tables.has(spec.name))
          problems.error(
            at,
            `there is a 'stick-table' of '${spec.name}' already: tables are known by the name of their proxy`,
          );
        else tables.set(spec.name, spec);
      }
    const told = new Set<string>();
    for (const { name, at, key } of this.#references) {
      const table = tables.get(name);
      const place = `${at.file}:${at.line}:${at.column} ${name}`;
      if (told.has(place)) continue;
      if (name === '') problems.error(at, "a rule in 'defaults' has to name its table: 'defaults' have no stick table");
      else if (table === undefined) {
        const known = proxies.some((proxy) => proxy.name === name);
        problems.error(
          at,
          known ? `'${name}' has no 'stick-table'` : `no such stick table '${name}'`,
          known ? undefined : nearest(name, tables.keys()),
        );
      } else if (key !== undefined && !fitsTable(key, table))
        problems.error(
          at,
          `the stick table '${name}' has keys of type ${table.type}: a value of type ${typeNames[key]} cannot be one`,
        );
      else continue;
      told.add(place);
    }
    const sticky = new Set(this.#references.flatMap(({ name, servers }) => (servers ? [name] : [])));
    return [...tables.values()].map((spec) => (sticky.has(spec.name) ? withServers(spec) : spec));
  }
}

/** As in HAProxy, a table that `stick` rules use stores servers without being told. */
function withServers(spec: TableSpec): TableSpec {
  const missing = (['server_id', 'server_key'] as const).filter(
    (type) => !spec.stored.some((one) => one.type === type),
  );
  return { ...spec, stored: [...spec.stored, ...missing.map((type) => ({ type, period: 0, size: 1 }))] };
}

/** Whether some of these rules track a key. */
export function tracksKeys(rules: readonly { readonly text: string }[]): boolean {
  return rules.some(({ text }) => /^tcp-request [a-z]+ track-sc/.test(text));
}
