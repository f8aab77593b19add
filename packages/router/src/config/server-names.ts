/** Words of `server` about its name, and what they amount to. */
import { isIP } from 'node:net';
import { parseCidr } from '@headgate/shared/net/cidr';
import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import type { FirstAddress, NameLookup, Resolvers } from '../model/names.ts';
import type { ProxyDraft } from './draft.ts';
import { onePerLine } from './server-draft.ts';
import type { ServerDraft } from './server-draft.ts';
import type { ServerParameter } from './server-words.ts';

const OPTIONS = ['allow-dup-ip', 'prevent-dup-ip', 'ignore-weight'];
const METHODS = ['last', 'libc', 'none'] as const;

export const NAME_WORDS: Readonly<Record<string, ServerParameter>> = {
  'init-addr': {
    doc: 'Where the first address of a name comes from, the first way that leads to one: `last` (the address before a reload), `libc` (the system), `none` (no address: the server is in maintenance until a name server gives it one) and an IP address, separated by commas. Default `last,libc`, with `resolvers` `last,libc,none`. A name without an address stops the start.',
    example: 'init-addr libc,none',
    apply(parameters, cursor, { problems }) {
      const word = cursor.need('where the first address comes from: last, libc, none or an IP address');
      if (word === undefined) return;
      const first: FirstAddress[] = [];
      for (const text of word.text.split(',')) {
        const method = METHODS.find((one) => one === text);
        const before = first.find((one) => typeof one === 'object');
        if (method !== undefined) first.push(method);
        else if (isIP(text) === 0)
          problems.error(word.at, `'${text}' is neither last, libc, none nor an IP address`, nearest(text, METHODS));
        else if (before === undefined) first.push({ address: text });
        else problems.error(word.at, `'${text}': ${before.address} is the first address already`);
      }
      parameters.first = first;
    },
  },
  resolvers: {
    doc: 'The `resolvers` section that looks up its name while the router runs: the server follows every change of its address. The section `default`, the name servers of the system, exists without being written.',
    example: 'resolvers default',
    apply(parameters, cursor) {
      const word = cursor.need('the name of a resolvers section');
      if (word !== undefined) parameters.resolvers = word;
    },
  },
  'resolve-prefer': {
    doc: 'The family of addresses that is asked for first, and preferred: `ipv4` or `ipv6`. Default ipv6.',
    example: 'resolve-prefer ipv4',
    apply(parameters, cursor) {
      const family = cursor.choice('family', ['ipv4', 'ipv6']);
      if (family !== undefined) parameters.prefer = family === 'ipv4' ? 4 : 6;
    },
  },
  'resolve-net': {
    doc: 'Networks whose addresses are preferred, separated by commas.',
    example: 'resolve-net 10.0.0.0/8,fd00::/8',
    apply(parameters, cursor, { problems }) {
      const word = cursor.need('networks such as 10.0.0.0/8');
      if (word === undefined) return;
      const networks = word.text.split(',');
      for (const network of networks)
        if (parseCidr(network) === undefined || /^\d+$/.test(network))
          problems.error(word.at, `'${network}' is not a network`);
      parameters.networks = networks;
    },
  },
  'resolve-opts': {
    doc: 'Options, separated by commas: `allow-dup-ip`, servers of one backend may have the same address; `prevent-dup-ip`, they may not (default); `ignore-weight`, the weight of an SRV record changes nothing.',
    example: 'resolve-opts allow-dup-ip',
    apply(parameters, cursor, { problems }) {
      const word = cursor.need(`one of ${OPTIONS.join(', ')}`);
      for (const text of word?.text.split(',') ?? []) {
        if (text === 'ignore-weight') parameters.ignoreWeight = true;
        else if (OPTIONS.includes(text)) parameters.duplicates = text === 'allow-dup-ip';
        else if (word !== undefined)
          problems.error(word.at, `unknown option '${text}' of 'resolve-opts'`, nearest(text, OPTIONS));
      }
    },
  },
};

/** How the name of a server is looked up; undefined for an address, a path, and `localhost`, which needs no look-up (RFC 6761 §6.3). */
export function namesOf({ address, relative, parameters }: ServerDraft): NameLookup | undefined {
  if (address.kind === 'unix' || relative?.host === true || isIP(address.host) !== 0) return undefined;
  if (address.host.toLowerCase() === 'localhost' && parameters.resolvers === undefined) return undefined;
  return lookup(address.host, parameters);
}

/** How a name would be looked up that `set server … fqdn` gives to a server with an address and `resolvers`. */
export function laterNamesOf({ address, parameters }: ServerDraft): NameLookup | undefined {
  if (address.kind === 'unix' || isIP(address.host) === 0 || parameters.resolvers === undefined) return undefined;
  return lookup('', parameters);
}

function lookup(name: string, parameters: ServerDraft['parameters']): NameLookup {
  const { first, prefer = 6, networks = [], duplicates = false, ignoreWeight = false } = parameters;
  const resolvers = parameters.resolvers?.text;
  return {
    name,
    service: name.startsWith('_'),
    resolvers,
    first: first ?? (resolvers === undefined ? ['last', 'libc'] : ['last', 'libc', 'none']),
    prefer,
    networks,
    duplicates,
    ignoreWeight,
  };
}

/** The resolvers of servers exist, and every name has a way to its first address. */
export function checkNames(
  { servers }: ProxyDraft,
  resolvers: ReadonlyMap<string, Resolvers>,
  problems: Problems,
): void {
  for (const server of onePerLine(servers)) {
    const { name, at, parameters } = server;
    const lookup = namesOf(server);
    const wanted = parameters.resolvers;
    if (wanted !== undefined && !resolvers.has(wanted.text))
      problems.error(
        wanted.at,
        `there is no resolvers section '${wanted.text}'`,
        nearest(wanted.text, resolvers.keys()),
      );
    if (lookup === undefined) continue;
    if (lookup.service && lookup.resolvers === undefined)
      problems.error(at, `server '${name}': '${lookup.name}' is the name of a service, which needs 'resolvers'`);
    else if (
      !lookup.first.some((one) => one === 'none' || typeof one === 'object' || (one === 'libc' && !lookup.service))
    )
      problems.error(at, `server '${name}': its 'init-addr' has no way to an address; add 'none', or an IP address`);
  }
}
