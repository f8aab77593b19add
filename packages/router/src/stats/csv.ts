import { COLUMNS, FIRST_OF_MODULES, type Row } from './columns.ts';

/** The first line: the names of all columns, to the byte as HAProxy has it. */
export const CSV_HEADER = `# ${line(COLUMNS.map(({ name }) => name))}`;

/** `show stat` and `;csv`: the header, then a line for each row. */
export function toCsv(rows: readonly Row[]): string {
  const lines = rows.map(({ values }) => line(COLUMNS.map(({ name }) => quoted(values[name]))));
  return `${[CSV_HEADER, ...lines].join('\n')}\n`;
}

function line(cells: readonly string[]): string {
  const all = [...cells.slice(0, FIRST_OF_MODULES), '-', ...cells.slice(FIRST_OF_MODULES)];
  return `${all.join(',')},`;
}

/** Texts that would end a cell or a line are quoted (RFC 4180). */
function quoted(value: string | number | undefined): string {
  if (value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
