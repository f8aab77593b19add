import type { TableView } from '../view.ts';
import { markup, type Markup, NOTHING } from './markup.ts';
import { count, duration } from './numbers.ts';

/** The stick tables: how full they are. Their keys, which may be addresses of visitors, are for the control socket. */
export function tablesSection(tables: readonly TableView[]): Markup {
  if (tables.length === 0) return NOTHING;
  return markup`<section aria-labelledby="stick-tables" class="tables">
    <div class="head"><h2 id="stick-tables">Stick tables</h2></div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="name">Name</th>
            <th scope="col">Keys</th>
            <th scope="col">Type</th>
            <th scope="col">Kept for</th>
            <th scope="col">Data</th>
          </tr>
        </thead>
        <tbody>
          ${tables.map(tableRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function tableRow(table: TableView): Markup {
  const { name, type, expire, stored } = table;
  return markup`<tr data-table="${name}">
    <th scope="row">${name}</th>
    <td data-label="Keys"><b>${keysOf(table)}</b></td>
    <td data-label="Type"><b>${type}</b></td>
    <td data-label="Kept for"><b>${expire === 0 ? 'as long as there is room' : duration(expire)}</b></td>
    <td data-label="Data" class="wide"><b>${stored.join(', ') || '–'}</b></td>
  </tr>`;
}

/** `12 of 1,024`. */
export function keysOf({ used, size }: TableView): string {
  return `${count(used)} of ${count(size)}`;
}
