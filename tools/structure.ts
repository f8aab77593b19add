/**
 * `npm run structure`: how the sources are arranged. Prints the length of files, imports against the order of layers.ts,
 * cycles of files (types included), imports of Node's sockets where links are used, and what each package exports. Exits 1 if
 * any of these rules is broken.
 */
import { readFileSync } from 'node:fs';
import { cycleIn, folderOf, importsOf, importsSockets, sourcesOf, type Import } from './imports.ts';
import { layers, type Layers } from './layers.ts';

const quiet = process.argv.includes('--quiet');
let wrong = 0;

for (const layer of layers) {
  const files = sourcesOf(layer.source);
  const imports = importsOf(files);
  if (!quiet) describe(layer.source, files);
  for (const text of upward(layer, imports)) complain(text);
  for (const text of strayingSockets(layer, files)) complain(text);
  const cycle = cycleIn(imports);
  if (cycle !== undefined) complain(`a cycle of files: ${cycle.join(' → ')}`);
}
process.exitCode = wrong === 0 ? 0 : 1;

function complain(text: string): void {
  wrong += 1;
  console.error(text);
}

/** Imports from a folder that comes later in the order, or that the order does not know. */
function upward({ source, folders }: Layers, imports: readonly Import[]): readonly string[] {
  return imports.flatMap(({ from, to, line }) => {
    const [here, there] = [from, to].map((file) => folderOf(file, source, folders)) as [string, string];
    if (!folders.includes(here)) return [`${from}: the folder '${here}' is missing in tools/layers.ts`];
    if (folders.indexOf(there) <= folders.indexOf(here)) return [];
    return [`${from}:${line}: ${here} imports from ${there}, which stands above it (tools/layers.ts)`];
  });
}

/** Imports of Node's sockets outside the places that may have them. */
function strayingSockets({ source, sockets }: Layers, files: readonly string[]): readonly string[] {
  return files
    .filter((file) => !sockets.some((place) => file.startsWith(`${source}/${place}/`)) && importsSockets(file))
    .map(
      (file) => `${file}: imports Node's sockets; use shared/net/link.ts and transport.ts (tools/layers.ts, sockets)`,
    );
}

function describe(source: string, files: readonly string[]): void {
  const lengths = files
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .toSorted((one, other) => one.lines - other.lines);
  const longest = lengths.at(-1);
  console.log(
    `${source}: ${files.length} files, median ${lengths[files.length >> 1]?.lines} lines, longest ${longest?.lines} (${longest?.file}), ` +
      `${lengths.filter(({ lines }) => lines < 25).length} under 25 lines`,
  );
  const manifest = JSON.parse(readFileSync(source.replace(/src$/, 'package.json'), 'utf8')) as {
    name: string;
    exports?: Record<string, unknown>;
  };
  console.log(`  ${manifest.name} exports ${Object.keys(manifest.exports ?? {}).join(', ')}`);
}
