import { counted } from '@headgate/shared/process/counted';
import { nearest } from '@headgate/shared/config/suggest';
import { parseDuration } from '@headgate/shared/config/units';
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenSession } from '../../engine/open-session.ts';
import type { OpenTunnel } from '../../engine/tunnels.ts';
import { PLAIN_CHECK } from '../../model/server.ts';
import { textOf } from '../../run/deployments.ts';
import type { Commands } from '../command.ts';
import { endAll, findServer, type Desk, type FoundServer, type ServerRuntime } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';
import { readServerLine } from '../server-line.ts';

/** Default of `within`: for the new address to pass its checks, and for what is open at the old one to end. Milliseconds. */
const WITHIN = 30_000;
/** Most milliseconds between two checks of an address that does not pass yet. */
const AGAIN = 500;

/** `deploy` in steps: the command `headgate-router deploy` asks for one after the other, and so may scripts. */
export const deploying = {
  'deploy check': {
    usage: '<bk>/<srv> <addr> [within <time>]',
    text: 'check an address as the checks of a server would, until it passes',
    level: 'admin',
    run: (words, desk) => answered(words, (others) => check(others, desk)),
  },
  'deploy switch': {
    usage: '<bk>/<srv> <addr> [within <time>]',
    text: 'move a server: new work goes to the address, the rest ends in time',
    level: 'admin',
    run: (words, desk) => answered(words, (others) => move(others, desk)),
  },
  'deploy status': {
    usage: '<bk>/<srv>',
    text: 'report what a moved server still has at its old address',
    level: 'operator',
    run: (words, desk) => answered(words, (others) => status(others, desk)),
  },
  'deploy end': {
    usage: '<bk>/<srv>',
    text: 'end what a moved server still has at its old address',
    level: 'admin',
    run: (words, desk) => answered(words, (others) => end(others, desk)),
  },
} as const satisfies Commands;

interface Asked extends FoundServer {
  readonly config: ServerRuntime['config'];
  readonly within: number;
}

/** Reads `B/S ADDRESS [within T]`. */
function read(words: readonly string[], desk: Desk): Asked | string {
  const [name, address = '', word, time = ''] = words;
  const found = find(desk, name);
  if (typeof found === 'string') return found;
  const line = readServerLine(found.server.config.name, [address]);
  if ('wrong' in line) return `Not deployed: ${line.wrong.join('; ')}\n`;
  if (line.server.relative !== undefined)
    return `Not deployed: '${address}' is not a complete address: write HOST:PORT, or the path of a unix socket\n`;
  const within = word === 'within' ? parseDuration(time, 's') : { value: WITHIN };
  if (!('value' in within)) return `Not deployed: ${within.error}\n`;
  return { ...found, config: { ...found.server.config, address: line.server.address }, within: within.value };
}

/** The server of `backend/server`, or what is wrong with the name, and which one was meant. */
function find(desk: Desk, name: string | undefined): FoundServer | string {
  const found = findServer(desk, name);
  if (typeof found !== 'string') return found;
  const names = [...desk.router.backends.values()].flatMap(({ servers }) => servers.map(({ key }) => key));
  const meant = nearest(name ?? '', names);
  return meant === undefined ? found : `${found.trimEnd()} Did you mean '${meant}'?\n`;
}

async function check(words: readonly string[], desk: Desk): Promise<Answered> {
  const asked = read(words, desk);
  if (typeof asked === 'string') return { refused: asked };
  const { backend, server, config, within } = asked;
  const { rise, fastinter } = config.check ?? PLAIN_CHECK;
  const until = desk.now() + within;
  let passed = 0;
  let tries = 0;
  for (;;) {
    const result = await desk.router.tryServer(backend, server, config);
    tries += 1;
    passed = result.passed ? passed + 1 : 0;
    const last = `${result.status}${result.code === undefined ? '' : ` ${result.code}`}${result.info === '' ? '' : `, ${result.info}`}`;
    const json = { server: server.key, address: textOf(config.address), passed: passed >= rise, checks: tries, last };
    if (passed >= rise)
      return { text: `${textOf(config.address)} passed ${passed} checks of ${server.key}: ${last}.\n`, json };
    const rest = Math.min(AGAIN, fastinter);
    if (desk.now() + rest > until)
      return {
        refused: `Not deployed: ${textOf(config.address)} did not pass ${rise} checks of ${server.key} in a row within ${within} ms, the last: ${last}.\n`,
        json,
      };
    await pause(rest);
  }
}

async function move(words: readonly string[], desk: Desk): Promise<Answered> {
  const asked = read(words, desk);
  if (typeof asked === 'string') return { refused: asked };
  const { backend, server, config, within } = asked;
  const [from, to] = [textOf(server.config.address), textOf(config.address)];
  if (from === to)
    return {
      refused: `Not deployed: ${server.key} is at ${to} already ('deploy status' shows what is left elsewhere).\n`,
    };
  const { at } = server.config;
  desk.router.deploy(backend, server, config.address, within);
  const left = leftOf(desk, server, await byWorkers(desk, ['switch', ...words]));
  return {
    text: `${server.key} moved from ${from} to ${to}: ${inWords(left)} finishing.\n`,
    json: { server: server.key, from, to, ...left, file: at.file, line: at.line },
  };
}

async function status(words: readonly string[], desk: Desk): Promise<Answered> {
  const found = find(desk, words[0]);
  if (typeof found === 'string') return { refused: found };
  const { key, config } = found.server;
  const deployment = desk.router.deployments.get(key);
  const address = textOf(config.address);
  if (deployment === undefined)
    return { text: `${key} is at ${address}.\n`, json: { server: key, to: address, requests: 0, tunnels: 0 } };
  const left = leftOf(desk, deployment.old, await byWorkers(desk, ['status', ...words]));
  const [from, configured] = [textOf(deployment.from), textOf(deployment.configured)];
  return {
    text: `${key} is at ${address}, was at ${from}: ${inWords(left)} finishing there.\n`,
    json: { server: key, from, to: address, configured, ...left },
  };
}

async function end(words: readonly string[], desk: Desk): Promise<Answered> {
  const found = find(desk, words[0]);
  if (typeof found === 'string') return { refused: found };
  const deployment = desk.router.deployments.get(found.server.key);
  if (deployment === undefined) return { text: 'Nothing is left.\n', json: { ended: 0 } };
  const open = sessionsOf(desk, deployment.old);
  endAll(open, tunnelsOf(desk, deployment.old));
  const ended = open.length + sumOf(await byWorkers(desk, ['end', ...words]), 'ended');
  return { text: `${ended} requests and tunnels were ended.\n`, json: { ended } };
}

/** Every worker has its part of what is open. */
async function byWorkers({ sharing }: Desk, words: readonly string[]): Promise<readonly WorkerAnswer[]> {
  const answers = (await sharing?.everywhere(['deploy', ...words, 'json'])) ?? [];
  return answers.map((answer) => JSON.parse(answer) as WorkerAnswer);
}

/** What a worker answers to one of these commands. */
interface WorkerAnswer {
  readonly requests?: number;
  readonly tunnels?: number;
  readonly ended?: number;
}

/** `1 request and 2 tunnels are`. */
function inWords({ requests, tunnels }: { readonly requests: number; readonly tunnels: number }): string {
  return `${counted(requests, 'request')} and ${counted(tunnels, 'tunnel')} are`;
}

function sumOf(answers: readonly WorkerAnswer[], what: keyof WorkerAnswer): number {
  return answers.reduce((sum, answer) => sum + (answer[what] ?? 0), 0);
}

function leftOf(
  desk: Desk,
  old: ServerRuntime | undefined,
  workers: readonly WorkerAnswer[],
): { readonly requests: number; readonly tunnels: number } {
  const tunnels = tunnelsOf(desk, old).length;
  const requests = Math.max(0, sessionsOf(desk, old).length - tunnels);
  return { requests: requests + sumOf(workers, 'requests'), tunnels: tunnels + sumOf(workers, 'tunnels') };
}

/** Those of the server before it moved: the one that follows has the same key. */
function tunnelsOf({ router }: Desk, old: ServerRuntime | undefined): readonly OpenTunnel[] {
  return router.tunnels.filter(({ server }) => server === old);
}

function sessionsOf({ router }: Desk, old: ServerRuntime | undefined): readonly OpenSession[] {
  return router.sessions.filter(({ exchange }) => exchange.server === old && exchange.placement?.holding === true);
}
