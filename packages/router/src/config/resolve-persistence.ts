import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import { dynamicCookie } from '../backend/persistence/dynamic-cookie.ts';
import type { Persistence } from '../model/persistence.ts';
import type { CookieSetting, ProxyDraft, Settings } from './draft.ts';
import type { ServerDraft } from './server-draft.ts';

/** What binds clients to servers of this backend; undefined where nothing does, so that its requests pay nothing for it. */
export function resolvePersistence({
  settings,
  persistRules,
  useServers,
  sticks,
}: ProxyDraft): Persistence | undefined {
  const cookie = settings.cookie?.spec;
  const { sessions, rdpCookie } = settings;
  if (
    rdpCookie === undefined &&
    cookie === undefined &&
    useServers.length === 0 &&
    sessions === undefined &&
    sticks.length === 0
  )
    return undefined;
  return {
    cookie,
    rules: persistRules,
    useServers: useServers.map(({ rule }) => rule),
    sessions,
    ...(rdpCookie === undefined ? {} : { rdpCookie }),
    sticks: sticks.filter(({ response }) => !response),
    storeResponses: sticks.filter(({ response }) => response),
  };
}

/** The cookie value of a server: its own, or with `dynamic` one that is made of its address. */
export function serverCookie({ address, parameters }: ServerDraft, settings: Settings): string | undefined {
  const { cookie, dynamicCookieKey: key } = settings;
  if (parameters.cookie !== undefined || cookie?.dynamic !== true || key === undefined) return parameters.cookie;
  return dynamicCookie(key, address);
}

/** What can only be seen once every line of the backend is known. */
export function checkPersistence(draft: ProxyDraft, problems: Problems): void {
  const { name, settings, servers, useServers, persistRules } = draft;
  const known = servers.map((server) => server.name);
  for (const { rule, name: word } of useServers)
    if (rule.made === undefined && !known.includes(rule.server))
      problems.error(word.at, `there is no server '${rule.server}' in '${name}'`, nearest(rule.server, known));
  const numbers = new Map<number, ServerDraft>();
  for (const server of servers) {
    const { number } = server.parameters;
    const before = number === undefined ? undefined : numbers.get(number);
    if (before !== undefined) problems.error(server.at, `server '${before.name}' has the id ${number} already`);
    else if (number !== undefined) numbers.set(number, server);
  }
  const { cookie } = settings;
  if (cookie !== undefined && draft.servers.length > 0) warnOfCookie(draft, cookie, problems);
  const [first] = persistRules;
  if (first !== undefined && resolvePersistence(draft) === undefined)
    problems.warning(first.at, `'${first.kind}-persist' has no effect: nothing binds clients to servers of '${name}'`);
}

/** One that `defaults` gives to every backend may well be for some of them only. */
function warnOfCookie(
  { settings, servers, at }: ProxyDraft,
  { at: place, dynamic }: CookieSetting,
  problems: Problems,
): void {
  if (place.file !== at.file || place.line < at.line) return;
  if (dynamic && settings.dynamicCookieKey === undefined)
    problems.warning(place, "'cookie … dynamic' has no effect without 'dynamic-cookie-key'");
  else if (servers.every((server) => serverCookie(server, settings) === undefined))
    problems.warning(place, "'cookie' has no effect: no server here has a value for it ('server … cookie VALUE')");
}
