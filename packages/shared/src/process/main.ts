import { availableParallelism } from 'node:os';
import { styleText } from 'node:util';
import { problemRecord } from '../config/problem.ts';
import { nearest } from '../config/suggest.ts';
import { Destinations } from '../log/destinations.ts';
import { reopenLogFiles } from '../log/file-sink.ts';
import type { Logger, Severity } from '../log/logger.ts';
import { takeActivated } from './activation.ts';
import { summed } from '../log/summed.ts';
import { openProcessLog } from '../log/process-log.ts';
import { parseCommandLine } from './command-line.ts';
import type { CommonOptions, Invocation } from './command-line.ts';
import { CRASHED, guardAgainstCrashes } from './crash.ts';
import { report, startInBackground, takeBackgroundMarker } from './daemon.ts';
import { exit, soon } from './exit.ts';
import { dropUnused, handOver, receiveSockets, takePredecessor, type Predecessor } from './handover.ts';
import { STANDARD_INPUT, configurationFiles, listEndings } from './files.ts';
import { commandHelpText, helpText } from './help.ts';
import { OldProcesses } from './old-processes.ts';
import type { Product, ProcessSettings } from './product.ts';
import { placesOf } from './places.ts';
import { Reads } from './reads.ts';
import { serve } from './serve.ts';
import { countProblems, showProblems, sourceLines } from './show-problems.ts';
import type { Paint } from './show-problems.ts';
import { exitCodeOf, explainFailure, StartFailure } from './start-failure.ts';
import { setTitle } from './title.ts';
import { WRONG_USAGE } from './usage.ts';
import { takeWorkerPlace } from './workers/channel.ts';
import type { WorkerPlace } from './workers/channel.ts';
import type { Primary } from './workers/primary.ts';

/** Exit codes, with WRONG_USAGE: docs/command-line.md. */
const fine = 0;
const failed = 1;

/**
 * The life cycle of a program: reads the command line, loads the configuration, checks or serves, and sets the
 * exit code. Resolves when the program has nothing left to do; never rejects.
 */
export async function runProduct<Snapshot>(product: Product<Snapshot>, argv: readonly string[]): Promise<void> {
  const predecessor = takePredecessor();
  const inBackground = predecessor?.inBackground ?? takeBackgroundMarker();
  const worker = takeWorkerPlace();
  setTitle(product, argv, worker === undefined ? undefined : `worker ${worker.number}`);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {}); // `explain | head`: a reader that closed early is not a crash.
  }
  const invocation = parseCommandLine(argv, Object.keys(product.commands));
  try {
    process.exitCode = await obey(product, invocation, argv, { inBackground, predecessor, worker });
  } catch (error) {
    const text = `${product.name}: ${explainFailure(error)}\n`;
    err(text);
    const code = exitCodeOf(error);
    await report({ kind: 'failed', text, code });
    await exit(code);
  }
}

/** How this process came to be. */
interface Birth {
  readonly inBackground: boolean;
  readonly predecessor: Predecessor | undefined;
  readonly worker: WorkerPlace | undefined;
}

async function obey<Snapshot>(
  product: Product<Snapshot>,
  invocation: Invocation,
  argv: readonly string[],
  birth: Birth,
): Promise<number> {
  switch (invocation.kind) {
    case 'help':
      out(invocation.of === undefined ? helpText(product) : commandHelpText(product, invocation.of));
      return fine;
    case 'version':
      out(`${product.name} ${product.version}\n`);
      return fine;
    case 'usage':
      err(usageText(product.name, invocation));
      return WRONG_USAGE;
    case 'command': {
      const command = product.commands[invocation.name];
      return command === undefined ? WRONG_USAGE : command.run(invocation.args, { out, err });
    }
    case 'check':
      return check(product, invocation);
    case 'run':
      return run(product, invocation, argv, birth);
  }
}

async function check<Snapshot>(
  product: Product<Snapshot>,
  options: CommonOptions & { readonly format: 'text' | 'json' },
): Promise<number> {
  const files = filesOf(product, options);
  if (files === undefined) return failed;
  const { snapshot, problems } = await product.load(files, new Reads());
  if (options.format === 'json') {
    const valid = snapshot !== undefined;
    out(`${JSON.stringify({ valid, files, problems: problems.map(problemRecord) })}\n`);
    return valid ? fine : failed;
  }
  err(showProblems(problems, sourceLines(), paintStderr));
  if (snapshot === undefined) return failed;
  if (!options.quiet) {
    out(files.map((file) => `read ${file}\n`).join(''));
    out(`Configuration file is valid${problems.length > 0 ? ` (${countProblems(problems)})` : ''}\n`);
  }
  return fine;
}

async function run<Snapshot>(
  product: Product<Snapshot>,
  options: CommonOptions,
  argv: readonly string[],
  { inBackground, predecessor, worker }: Birth,
): Promise<number> {
  const level: Severity = options.quiet ? 'warning' : 'info';
  if (worker !== undefined) {
    const { runWorker } = await import('./workers/worker.ts');
    return runWorker(product, worker, { level, form: options.logFormat });
  }
  const files = filesOf(product, options);
  if (files === undefined) return failed;
  let reads = new Reads();
  const loaded = await product.load(files, reads);
  const { problems } = loaded;
  let { snapshot } = loaded;
  const shown = showProblems(problems, sourceLines(), paintStderr);
  err(shown);
  if (snapshot === undefined) {
    await report({ kind: 'failed', text: shown, code: failed });
    return failed;
  }
  const settings = settingsOf(product, snapshot, options);
  if (settings.daemon && !inBackground && predecessor === undefined) {
    // What was read here cannot be read again by the process in the background.
    if (files.includes(STANDARD_INPUT)) {
      err(
        `${product.name}: a configuration from standard input (-f -) runs in the foreground only: add --foreground\n`,
      );
      return WRONG_USAGE;
    }
    const result = await startInBackground(argv);
    err(result.kind === 'died' ? `${product.name}: ${result.text}\n` : result.text);
    return result.kind === 'serving' ? fine : result.kind === 'failed' ? result.code : CRASHED;
  }

  const log = { name: product.name, level, form: options.logFormat, standardError: !inBackground };
  const destinations = new Destinations();
  // In the background, start, stop and crash are logged to the program's own log targets.
  const logger = openProcessLog({ ...log, targets: inBackground ? (settings.log ?? []) : [] }, destinations);
  const workLogger = summed(inBackground ? openProcessLog({ ...log, targets: [] }, destinations) : logger);
  guardAgainstCrashes(logger);
  const primary = await primaryOf(product, settings.workers, { argv, inBackground, logger });
  let old = new OldProcesses();
  process.on('SIGUSR2', () => {
    reopenLogFiles();
    primary?.reopen();
    old.signal('SIGUSR2');
  });
  logger.log('info', `read ${files.join(', ')}`);
  const onServing = (addresses: readonly string[]): Promise<void> => {
    dropUnused();
    return report({
      kind: 'serving',
      text: `${product.name}: process ${process.pid} is serving on ${placesOf(addresses)}\n`,
    });
  };
  try {
    if (primary !== undefined) {
      // Again, for the workers: what the files hold is kept only when there are any.
      reads = new Reads(reads.configuration);
      const again = await primary.product.load(files, reads);
      if (again.snapshot === undefined) throw new StartFailure('the configuration has changed while it was read');
      snapshot = again.snapshot;
      setTitle(product, argv, 'primary');
    }
    if (predecessor === undefined) takeActivated(process.env, logger);
    else old = new OldProcesses(await receiveSockets());
    const onStopping = (): void => setTitle(product, argv, 'draining');
    const code = await serve({
      product: primary?.product ?? product,
      primary,
      snapshot,
      reads,
      files: () => expandedFiles(product, options),
      predecessor,
      handOver: () => handOver(argv, inBackground, () => old.withSelf(product.version)),
      old,
      settings,
      logger,
      workLogger,
      onServing,
      onStopping,
    });
    // In the background they are two: what the stop said last went to the other.
    return await exit(code, () => Promise.all([workLogger.flush(), logger.flush()]));
  } catch (error) {
    await soon(logger.flush()); // The reason must be the last line printed.
    throw error;
  }
}

/** Undefined where this process serves by itself, which costs nothing of what workers need. */
async function primaryOf<Snapshot>(
  product: Product<Snapshot>,
  wanted: ProcessSettings['workers'],
  parts: { readonly argv: readonly string[]; readonly inBackground: boolean; readonly logger: Logger },
): Promise<Primary<Snapshot> | undefined> {
  const workers = wanted === 'auto' ? availableParallelism() : (wanted ?? 1);
  if (workers === 1) return undefined;
  const { Primary: PrimaryProcess } = await import('./workers/primary.ts');
  return new PrimaryProcess({ ...parts, product, workers });
}

function settingsOf<Snapshot>(
  product: Product<Snapshot>,
  snapshot: Snapshot,
  { daemon, pidFile }: CommonOptions,
): ProcessSettings {
  const settings = product.settings(snapshot);
  return { ...settings, daemon: daemon ?? settings.daemon, pidFile: pidFile ?? settings.pidFile };
}

function expandedFiles<Snapshot>(
  { defaultFiles, fileEndings }: Product<Snapshot>,
  options: CommonOptions,
): readonly string[] {
  return configurationFiles(options.files, defaultFiles, fileEndings);
}

function filesOf<Snapshot>(product: Product<Snapshot>, options: CommonOptions): readonly string[] | undefined {
  const { name, defaultFiles, fileEndings } = product;
  const files = expandedFiles(product, options);
  if (files.length > 0) return files;
  const hint =
    options.files.length > 0
      ? `no ${listEndings(fileEndings)} file in ${options.files.join(', ')}`
      : `give one with -f FILE (looked for ${defaultFiles.join(', ')})`;
  err(`${name}: no configuration file: ${hint}\n`);
  return undefined;
}

function usageText(name: string, { message, near }: Invocation & { readonly kind: 'usage' }): string {
  const suggestion = near === undefined ? undefined : nearest(near.word, near.candidates);
  const hint = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`;
  return `${name}: ${message}${hint}\nTry '${name} --help'.\n`;
}

const paintStderr: Paint = (style, text) => styleText(style, text, { stream: process.stderr });

function out(text: string): void {
  if (text !== '') process.stdout.write(text);
}

function err(text: string): void {
  if (text !== '') process.stderr.write(text);
}
