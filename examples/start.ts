/**
 * `npm start`: the terminator and the router in front of two small applications, on unprivileged ports of
 * 127.0.0.1, with a development certificate. Ctrl-C stops everything.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import process from 'node:process';
import { argumentError } from '@headgate/shared/process/argument-error';
import { ensureDevelopmentCertificate } from '@headgate/tls-terminator/certificate/development';
import { startPart, type Part } from './support/part.ts';
import { obstacle, untilAnswered } from './support/probe.ts';
import { portNames, readPorts, usage, variable, type Ports } from './support/settings.ts';

const root = join(import.meta.dirname, '..');
const directory = join(root, '.headgate');
const START_LIMIT = 15_000;
const STOP_GRACE = 5000;

const names = ['coltrane.localhost', 'maps.localhost', 'localhost', '127.0.0.1'];

async function run(ports: Ports): Promise<number> {
  const obstacles = await obstaclesTo(ports);
  if (obstacles.length > 0) {
    console.error(
      obstacles.map((line) => `start: ${line}\n`).join('') +
        'start: choose other ports, or stop the programs that use them',
    );
    return 1;
  }
  const began = performance.now();
  const { caFile, bundleFile, created } = await ensureDevelopmentCertificate({ directory, names });
  const values = {
    ...Object.fromEntries(portNames.map((name) => [variable(name), String(ports[name])])),
    BUNDLE: bundleFile,
  };
  const routerFile = await fillIn('router.yaml', values);
  const terminatorFile = await fillIn('tls-terminator.yaml', values);

  const stop = stopSignal();
  const halves: readonly Part[] = [
    startPart('terminator', [join(root, 'packages/tls-terminator/src/main.ts'), '-f', terminatorFile]),
    startPart('router', [join(root, 'packages/router/src/main.ts'), '-f', routerFile]),
  ];
  const applications: readonly Part[] = [
    startPart('coltrane', [join(root, 'examples/coltrane/app.ts'), '--port', String(ports.coltrane)]),
    startPart('maps', [join(root, 'examples/maps/app.ts'), '--port', String(ports.maps)]),
  ];
  const parts = [...halves, ...applications];
  const limit = AbortSignal.timeout(START_LIMIT);
  let failure: string | undefined;
  try {
    const ready = serving(ports, await readFile(caFile), AbortSignal.any([limit, stop]));
    failure = await Promise.race([ready, death(parts)]);
    if (failure === undefined) {
      console.log(summary(ports, parts, caFile, created, performance.now() - began));
      // A developer who kills an application wants to see what its visitors get.
      for (const application of applications)
        void death([application]).then((how) => stop.aborted || console.log(`start: ${how}; its visitors get a 503`));
      failure = await Promise.race([death(halves), aborted(stop)]);
    }
  } catch {
    if (!stop.aborted) failure = `not everything is serving after ${START_LIMIT / 1000} seconds`;
  }
  console.log(failure === undefined ? '\nstart: stopping' : `start: ${failure}; stopping the rest`);
  await Promise.all(parts.map((part) => part.stop(STOP_GRACE)));
  return failure === undefined ? 0 : 1;
}

/** Resolves when one of them ends, with how. */
function death(parts: readonly Part[]): Promise<string> {
  return Promise.race(parts.map(async ({ name, ended }) => `${name} ended: ${await ended}`));
}

/** All problems with the ports, so that they can be fixed at once. */
async function obstaclesTo(ports: Ports): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [index, name] of portNames.entries()) {
    const port = ports[name];
    const twin = portNames.slice(0, index).find((other) => ports[other] === port);
    if (twin !== undefined) found.push(`--${twin}-port and --${name}-port are both ${port}`);
    const problem = await obstacle(port);
    if (problem !== undefined)
      found.push(`port ${port} ${problem}: --${name}-port N or ${variable(name)}=N chooses another`);
  }
  return found;
}

/** Writes a template of examples/configs with its ${NAMES} filled in, and returns the path. */
async function fillIn(file: string, values: Readonly<Record<string, string>>): Promise<string> {
  const template = await readFile(join(import.meta.dirname, 'configs', file), 'utf8');
  const path = join(directory, file);
  await writeFile(
    path,
    template.replace(/\$\{([A-Z_]+)\}/g, (text, name: string) => values[name] ?? text),
  );
  return path;
}

/**
 * Probes everything as a visitor would: the redirect, then both applications over TLS. Back ends are probed
 * first, so that the terminator's log does not start with errors.
 */
async function serving(ports: Ports, ca: Buffer, signal: AbortSignal): Promise<undefined> {
  await Promise.all([
    untilAnswered({ host: 'localhost', port: ports.coltrane, ca: undefined }, 200, signal),
    untilAnswered({ host: 'localhost', port: ports.maps, ca: undefined }, 200, signal),
    untilAnswered({ host: 'coltrane.localhost', port: ports.http, ca: undefined }, 302, signal),
  ]);
  await Promise.all([
    untilAnswered({ host: 'coltrane.localhost', port: ports.https, ca }, 200, signal),
    untilAnswered({ host: 'maps.localhost', port: ports.https, ca }, 200, signal),
  ]);
  return undefined;
}

function summary(ports: Ports, parts: readonly Part[], caFile: string, created: boolean, took: number): string {
  const places: Readonly<Record<string, string>> = {
    terminator: `127.0.0.1:${ports.https} -> 127.0.0.1:${ports.router}, PROXY v2`,
    router: `127.0.0.1:${ports.router} from the terminator, 127.0.0.1:${ports.http} plain HTTP`,
    coltrane: `127.0.0.1:${ports.coltrane}`,
    maps: `127.0.0.1:${ports.maps}`,
  };
  const ca = relative(process.cwd(), caFile);
  return `
Headgate serves (${(took / 1000).toFixed(1)} s)

  https://coltrane.localhost:${ports.https}   plain pages
  https://maps.localhost:${ports.https}       socket.io: open it in two tabs
  http://coltrane.localhost:${ports.http}    redirected to https, maps too

${parts.map(({ name, pid }) => `  ${name.padEnd(12)} pid ${String(pid).padEnd(8)} ${places[name] ?? ''}`).join('\n')}

  ${created ? 'A development certificate was created.' : 'The existing development certificate is used.'} To trust it:
  curl --cacert ${ca} https://coltrane.localhost:${ports.https}/journey.json
  in a browser, import ${ca} as an authority, or accept the warning

  Ctrl-C stops everything.
`;
}

/** Aborts at the first stop signal; a second one has no effect, as the parts have a deadline. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  return await new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function portsAsked(): Ports | 'help' | 'wrong' {
  try {
    return readPorts(process.argv.slice(2)) ?? 'help';
  } catch (error) {
    console.error(`start: ${argumentError(error)}; npm start -- --help lists the options`);
    return 'wrong';
  }
}

async function main(): Promise<number> {
  const ports = portsAsked();
  if (ports === 'wrong') return 2;
  if (ports !== 'help') return run(ports);
  console.log(usage);
  return 0;
}

try {
  // Keep-alive probes and closed pipes may linger for a moment; all our work is done here.
  process.exit(await main());
} catch (error) {
  console.error(`start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
