/**
 * Makes program/ of the packages that have a command, or of those that are named: their code and all that it imports, in a few files.
 * That is what the commands run: hundreds of modules cost more memory and time at the start than what is in them
 * (docs/adr/0045-commands-run-bundles.md). Names and lines stay, so that stack traces can be read. Without the bundler there is no
 * program/, and the commands run dist/.
 */
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The thread that checks passwords is started by the name of its file. */
const THREAD = { worker: 'packages/router/src/auth/worker.ts' };
const ENTRIES = { router: THREAD, 'tls-terminator': {}, headgate: THREAD };
/** CommonJS packages ask for Node's modules by `require`. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const bundler = existsSync(join(root, 'node_modules/esbuild')) ? await import('esbuild') : undefined;
const wanted = process.argv.slice(2);
for (const [name, others] of Object.entries(ENTRIES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = join(root, 'packages', name, 'program');
  replace(folder, bundler === undefined ? new Map() : await bundle(name, others, bundler));
}

/** The files of a bundle. */
async function bundle(name, others, { build }) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { main: `packages/${name}/src/main.ts`, ...others },
    outdir: `packages/${name}/program`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['x-src'],
    charset: 'ascii',
    legalComments: 'none',
    // What dependencies have for development only, such as winston's traces in colour, is left out.
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: REQUIRE },
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), ascii(text, path)]));
  return files.set('LICENSES.txt', licenses(metafile));
}

/**
 * One character beyond Latin-1 makes V8 keep two bytes for each of a file. The bundler escapes those of strings; in comments they are
 * lost.
 */
function ascii(text, path) {
  const comment = /(?:^ *\/?\*|\/\/).*$/gm;
  const result = text.replace(comment, (line) => line.replace(/[\u0080-\uffff]/g, '?'));
  const [left] = /^.*[\u0080-\uffff].*$/m.exec(result) ?? [];
  if (left !== undefined) throw new Error(`${path}: a character that is not ASCII, in raw text: ${left}`);
  return result;
}

/** The licenses of the dependencies whose code is in a bundle. */
function licenses({ inputs }) {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []);
  return [...new Set(folders)]
    .toSorted()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: join(root, folder) });
      const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8');
      return `${name} ${version}, ${license}\n\n${text}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** What did not change is not touched, and what is no longer needed goes last: programs may be starting from the folder. */
function replace(folder, files) {
  if (files.size > 0) mkdirSync(folder, { recursive: true });
  for (const [file, text] of [...files].toSorted(([one], [other]) => (one === 'main.js') - (other === 'main.js'))) {
    const path = join(folder, file);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
  if (files.size === 0) return rmSync(folder, { recursive: true, force: true });
  for (const file of readdirSync(folder)) if (!files.has(file)) rmSync(join(folder, file));
  // When it was made: bench/contenders/ours.ts compares that with the sources.
  utimesSync(join(folder, 'main.js'), new Date(), new Date());
}
