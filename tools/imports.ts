import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { globSync } from 'node:fs';

/** One import of one file by another, with the line it is written on. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** `import … from './x.ts'`, `export … from`, `import('./x.ts')`: what a type-only import brings counts as well. */
const relativeSpecifier = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The sources of a folder, without tests and what only tests use. Paths from the project's root. */
export function sourcesOf(folder: string): readonly string[] {
  return globSync(`${folder}/**/*.ts`)
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !/(?:\.test|\/testing|\/conformance)\.ts$|\/fixtures\//.test(file))
    .toSorted();
}

/** Every relative import among these files. */
export function importsOf(files: readonly string[]): readonly Import[] {
  return files.flatMap((from) => {
    const text = readFileSync(from, 'utf8');
    return [...text.matchAll(relativeSpecifier)].map((match) => ({
      from,
      to: join(dirname(from), match[1] ?? '')
        .split(sep)
        .join('/'),
      line: text.slice(0, match.index).split('\n').length,
    }));
  });
}

const socketModules = /^import (?:type )?([^;]*?) from 'node:(?:net|tls|http|https|http2)';/gm;
/** Imported names that open nothing. */
const harmless = /^\{\s*(?:(?:isIP|isIPv4|isIPv6)(?:,\s*|\s*\}$))+/;

/** Whether a file imports more of Node's socket modules than questions about texts. Types count. */
export function importsSockets(file: string): boolean {
  return [...readFileSync(file, 'utf8').matchAll(socketModules)].some(([, names]) => !harmless.test(names ?? ''));
}

/** The first cycle found among the files, as a path that ends where it began; undefined when there is none. */
export function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const { to } of next.get(file) ?? []) {
      const cycle = visit(to);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** The folder of a file among `folders`, the deepest that fits; `.` for a file beside them. */
export function folderOf(file: string, source: string, folders: readonly string[]): string {
  const parts = relative(source, dirname(file)).split(sep);
  for (let depth = parts.length; depth > 0; depth -= 1) {
    const folder = parts.slice(0, depth).join('/');
    if (folders.includes(folder)) return folder;
  }
  return parts[0] === '' ? '.' : (parts[0] ?? '.');
}
