/** What agents say (HAProxy: `agent-check`): reading their lines, and doing what they say. Reading is pure. */
import type { AgentReply, CheckResult, ServerControl, ServerState } from '../model/backend.ts';
import { readMaxconn, readWeight } from './weight.ts';

const UP = ['up'];
const DOWN = ['down', 'stopped', 'fail'];
const STATES = ['ready', 'drain', 'maint'] as const;

/**
 * One line of words, separated by blanks, tabs or commas, of which the last of each kind counts; a word that begins with `#` begins a
 * text. Undefined: the line has not ended yet.
 */
export function readAgentReply(received: string): AgentReply | undefined {
  // As in HAProxy a NUL ends what is read, and is no end of a line.
  const line = /^([^\r\n\0]*)[\r\n]/.exec(received)?.[1];
  if (line === undefined) return undefined;
  let [health, weight, maxconn, unknown]: (string | undefined)[] = [];
  let state: AgentReply['state'];
  let text = '';
  for (const { 0: word, index } of line.matchAll(/[^ \t,]+/g)) {
    if (word.startsWith('#')) {
      text = line.slice(index + 1).trimStart();
      break;
    }
    const lower = word.toLowerCase();
    if (UP.includes(lower) || DOWN.includes(lower)) health = word;
    else if (isState(lower)) state = lower;
    else if (/^\d.*%/.test(word)) weight = word;
    else if (lower.startsWith('maxconn:')) maxconn = word.slice('maxconn:'.length);
    else unknown ??= word;
  }
  return { health, state, weight, maxconn, unknown, text };
}

function isState(word: string): word is (typeof STATES)[number] {
  return STATES.some((state) => state === word);
}

/** What an agent may do to its server. */
interface Obeyed extends Pick<ServerControl, 'administer'> {
  weigh(server: ServerState, weight: number): void;
  limit(server: ServerState, maxconn: number): void;
}

/** Does what an agent says of its server, except for its health, and returns what it says of that. */
export function heed(server: ServerState, said: AgentReply, duration: number, backend: Obeyed): CheckResult {
  if (said.state !== undefined) backend.administer(server, said.state);
  let warning = '';
  const weight = said.weight === undefined ? undefined : readWeight(said.weight, server.config.weight);
  if (typeof weight === 'string') warning = weight;
  else if (weight !== undefined) backend.weigh(server, weight);
  const maxconn = said.maxconn === undefined ? undefined : readMaxconn(said.maxconn);
  if (typeof maxconn === 'string') warning ||= maxconn;
  else if (maxconn !== undefined) backend.limit(server, maxconn);
  return { ...verdictOf(said, warning), duration };
}

function verdictOf({ health, unknown, text }: AgentReply, warning: string): Omit<CheckResult, 'duration'> {
  if (health === undefined) {
    const info = unknown !== undefined ? `agent reports an error : ${unknown}` : warning && `agent warns : ${warning}`;
    return { passed: true, status: 'CHECKED', code: undefined, info };
  }
  const passed = UP.includes(health.toLowerCase());
  // What a server is down for comes first; that it is up leaves room for what is wrong.
  const complaint = unknown ?? warning;
  const detail = (passed || text === '') && complaint !== '' ? complaint : text;
  const info = `via agent : ${health}${detail === '' ? '' : ` (${detail})`}`;
  return { passed, status: passed ? 'L7OK' : 'L7STS', code: 0, info };
}
