/**
 * `npm run structure`: how the sources are arranged. Prints the length of files, imports against the order of layers.ts,
 * cycles of files (types included) and what each package exports. Exits 1 on an upward import or a cycle.
 */
import { readFileSync } from 'node:fs';
import { cycleIn, folderOf, importsOf, sourcesOf, type Import } from './imports.ts';
import { layers, type Layers } from './layers.ts';

const quiet = process.argv.includes('--quiet');
let wrong = 0;

for (const layer of layers) {
  const files = sourcesOf(layer.source);
  const imports = importsOf(files);
  if (!quiet) describe(layer.source, files);
  for (const text of upward(layer, imports)) complain(text);
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
