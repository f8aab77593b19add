import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import type { Context } from './directive.ts';
import type { ProxyDraft } from './draft.ts';
import { checkName } from './names.ts';
import { contextFor, readServerAddress, readServerParameters } from './server.ts';

/** Servers that one line makes, at most: each costs memory, and its checks a connection. */
const MOST = 10_000;

/** `PREFIX N|A-B`: the numbers after the prefix; undefined for what is neither. */
export function templateRange(text: string): readonly [first: number, last: number] | undefined {
  const [, low, high] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  if (low === undefined) return undefined;
  const range = high === undefined ? ([1, Number(low)] as const) : ([Number(low), Number(high)] as const);
  return range[1] < range[0] || (high === undefined && range[1] === 0) ? undefined : range;
}

/** The names of the servers of a template, for rules that name them; none where the line is wrong. */
export function templateNames(prefix: string, text: string): readonly string[] {
  const [first, last] = templateRange(text) ?? [1, 0];
  const count = Math.min(last - first + 1, MOST);
  return Array.from({ length: count }, (_, at) => `${prefix}${first + at}`);
}

/** `server-template PREFIX N|A-B ADDRESS[:PORT] PARAMETERS`: as many `server` lines, all alike but for their names. */
export function readTemplate(cursor: Cursor, draft: ProxyDraft, context: Context): void {
  const { problems } = context;
  const prefix = cursor.need('the beginning of the names');
  const count = prefix === undefined ? undefined : cursor.need('a number of servers, or a range such as 1-3');
  const address = count === undefined ? undefined : cursor.need('a name, or an address');
  if (prefix === undefined || count === undefined || address === undefined) return;
  checkName('server', prefix, problems);
  const parameters = { ...draft.settings.server };
  readServerParameters(cursor, parameters, contextFor(draft, context));
  const where = readServerAddress(address, context);
  if (!fits(count, context) || where === undefined) return;
  for (const [index, name] of templateNames(prefix.text, count.text).entries()) {
    // HAProxy: `id` is that of the first.
    const { number, ...others } = parameters;
    const own = index === 0 && number !== undefined ? { ...others, number } : others;
    draft.servers.push({ name, at: prefix.at, ...where, parameters: own });
  }
}

function fits({ text, at }: Word, { problems }: Context): boolean {
  const range = templateRange(text);
  if (range === undefined) problems.error(at, `'${text}' is neither a number of servers nor a range such as 1-3`);
  else if (range[1] - range[0] >= MOST) problems.error(at, `'${text}' is more than ${MOST} servers`);
  else return true;
  return false;
}
