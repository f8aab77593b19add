import { columnDescription } from './descriptions.ts';
import { COLUMNS, type Row, type RowKind } from './columns.ts';

const LETTERS = { frontend: 'F', backend: 'B', server: 'S', bind: 'L' } as const satisfies Record<RowKind, string>;

/** `show stat typed` and `;typed`: a line for each value: `S.3.1.4.scur.1:MGP:u32:0`, with `desc` and what it is. */
export function toTyped(rows: readonly Row[], describe = false): string {
  let text = '';
  for (const { kind, proxyId, id, values } of rows) {
    for (const [position, { name, tags, type }] of COLUMNS.entries()) {
      const value = values[name];
      if (value === undefined) continue;
      text += `${LETTERS[kind]}.${proxyId}.${id}.${position}.${name}.1:${tags}:${type}:${String(value).replaceAll(/[\r\n]/g, ' ')}${describe ? `:"${columnDescription(name)}"` : ''}\n`;
    }
  }
  return text;
}
