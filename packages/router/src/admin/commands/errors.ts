import type { KeptMessage } from '../../stats/invalid-messages.ts';
import { invalidText, totalText } from '../../stats/invalid-text.ts';
import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';

export const errors = {
  'show errors': {
    usage: '[<px>] [request|response]',
    text: 'report last request and/or response errors for each proxy',
    level: 'operator',
    run: (words, desk) => answered(words, (others) => show(others, desk)),
  },
} as const satisfies Commands;

async function show([place = '-1', kind]: readonly string[], desk: Desk): Promise<Answered> {
  const proxies = desk.router.stats?.proxies ?? [];
  const numbers = numbersOf(place, desk);
  if (numbers === undefined) return { refused: 'No such proxy.\n' };
  const wanted = (message: KeptMessage): boolean =>
    // As in HAProxy, any other word is both kinds.
    !(kind !== message.kind && (kind === 'request' || kind === 'response')) &&
    (numbers.length === 0 ||
      [message.frontend, message.backend].some((one) => one !== undefined && numbers.includes(one.number)));
  const others = (await desk.sharing?.everywhere(['show', 'errors', 'json'])) ?? [];
  const all = [ownOf(desk), ...others.map((answer) => readBack(answer))];
  const total = all.reduce((sum, one) => sum + one.total, 0);
  const last = lastOf(all.flatMap((one) => one.messages));
  const messages = proxies
    .flatMap(({ name }) => [last.get(`request ${name}`), last.get(`response ${name}`)])
    .filter((message) => message !== undefined)
    .filter(wanted);
  return {
    text: totalText(Date.now(), total) + messages.map(invalidText).join(''),
    json: { total, messages: messages.map(written) },
  };
}

/** The numbers of the proxies asked for: an empty list stands for all, undefined for a name that no proxy has. */
function numbersOf(place: string, desk: Desk): readonly number[] | undefined {
  if (/^-?\d+$/.test(place)) return Number(place) < 0 ? [] : [Number(place)];
  const named = (desk.router.stats?.proxies ?? []).filter(({ name }) => name === place);
  if (named.length === 0) return undefined;
  return named
    .flatMap(({ frontend, backend }) => [frontend?.config.number, backend?.config.number])
    .filter((number) => number !== undefined);
}

interface Counted {
  readonly total: number;
  readonly messages: readonly KeptMessage[];
}

function ownOf({ router: { invalid } }: Desk): Counted {
  return { total: invalid.total, messages: invalid.all };
}

/** The last one of each kind and proxy in all processes: `request web`. */
function lastOf(messages: readonly KeptMessage[]): ReadonlyMap<string, KeptMessage> {
  const last = new Map<string, KeptMessage>();
  for (const message of messages) {
    const { kind, frontend, backend, time } = message;
    const key = `${kind} ${(kind === 'request' ? frontend : backend)?.name}`;
    const known = last.get(key);
    if (known === undefined || known.time < time) last.set(key, message);
  }
  return last;
}

/** As JSON has it: bytes in base64. */
function written(message: KeptMessage): object {
  return { ...message, bytes: Buffer.from(message.bytes).toString('base64') };
}

/** What a worker has answered. */
function readBack(answer: string): Counted {
  const { total, messages } = JSON.parse(answer) as {
    total: number;
    messages: readonly (Omit<KeptMessage, 'bytes'> & { bytes: string })[];
  };
  return { total, messages: messages.map((one) => ({ ...one, bytes: Buffer.from(one.bytes, 'base64') })) };
}
