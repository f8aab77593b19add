/** What services have to do with each other: their names, their addresses, who hands connections to whom. */
import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import type { ConnectAddress, Secondary } from '../model/snapshot.ts';
import type { NamedDraft } from './draft.ts';

/**
 * stunnel takes several services of one name, and its logs do not tell them apart. Here a name also stands for limits and session tickets,
 * so the second one gets a number behind it.
 */
export function distinctNames(named: readonly NamedDraft[], problems: Problems): readonly NamedDraft[] {
  const first = new Map<string, number>();
  const taken = new Set(named.map(({ name }) => name.text));
  return named.map((service) => {
    const { text, at } = service.name;
    const before = first.get(text);
    if (before === undefined) {
      first.set(text, at.line);
      return service;
    }
    let number = 2;
    while (taken.has(`${text}#${number}`)) number += 1;
    const other = `${text}#${number}`;
    taken.add(other);
    problems.warning(
      at,
      `there is a service '${text}' on line ${before} already; this one is called '${other}' in the log`,
    );
    return { ...service, name: { ...service.name, text: other } };
  });
}

/** Which services get the connections of which others, by the patterns of `sni`, in the order of the file. */
export function secondariesOf(
  named: readonly NamedDraft[],
  problems: Problems,
): ReadonlyMap<NamedDraft, readonly Secondary[]> {
  const secondaries = new Map<NamedDraft, Secondary[]>();
  for (const [index, service] of named.entries()) {
    if (service.draft.client) continue;
    for (const { text, at } of service.draft.sni) {
      const colon = text.indexOf(':');
      const primaryName = text.slice(0, Math.max(colon, 0));
      const pattern = text.slice(colon + 1).toLowerCase();
      const primary = named.slice(0, index).find(({ name }) => name.text === primaryName);
      if (colon < 1 || !/^\*?[\w.-]+$/.test(pattern)) {
        problems.error(at, `'${text}' is no SERVICE:PATTERN, such as 'https:*.example.com'`);
      } else if (primary === undefined) {
        const names = named.map(({ name }) => name.text).filter((name) => name !== service.name.text);
        problems.error(at, `there is no service '${primaryName}' above this one`, nearest(primaryName, names));
      } else if (primary.draft.client) {
        problems.error(at, `service '${primaryName}' has client = yes: no client requests a name there`);
      } else {
        const list = secondaries.get(primary) ?? [];
        list.push({ service: service.name.text, pattern });
        secondaries.set(primary, list);
      }
    }
  }
  return secondaries;
}

export function checkAccepts(named: readonly NamedDraft[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const { name, draft } of named) {
    for (const accept of draft.accepts) {
      if (accept.kind === 'tcp' && accept.port === 0) continue;
      const address = accept.kind === 'tcp' ? `${accept.host}:${accept.port}` : accept.path;
      const owner = owners.get(address);
      if (owner !== undefined) problems.error(accept.at, `${address} is already accepted on by service '${owner}'`);
      else owners.set(address, name.text);
    }
  }
}

const THIS_MACHINE = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'];

/**
 * A connection that comes back to where it began opens the next, and so on without end. One service that leads to another
 * (TLS in TLS), which leads elsewhere, is no circle.
 */
export function checkLoops(named: readonly NamedDraft[], problems: Problems): void {
  const next = new Map(
    named.map((from) => [from, named.filter((to) => from.draft.connects.some((connect) => leadsTo(connect, to)))]),
  );
  for (const from of named) {
    for (const connect of from.draft.connects) {
      const back = named.some((to) => leadsTo(connect, to) && reaches(next, to, from));
      if (back)
        problems.error(
          connect.at,
          `${connect.text} is accepted on by this program itself: bytes would go round in circles`,
        );
    }
  }
}

function reaches(next: ReadonlyMap<NamedDraft, readonly NamedDraft[]>, from: NamedDraft, goal: NamedDraft): boolean {
  const seen = new Set<NamedDraft>([from]);
  for (const service of seen) for (const to of next.get(service) ?? []) seen.add(to);
  return seen.has(goal);
}

function leadsTo(connect: ConnectAddress, { draft }: NamedDraft): boolean {
  return draft.accepts.some((accept) =>
    connect.kind === 'tcp'
      ? accept.kind === 'tcp' &&
        accept.port === connect.port &&
        [accept.host, ...connect.hosts].every((host) => THIS_MACHINE.includes(host))
      : accept.kind === 'unix' && accept.path === connect.path,
  );
}
