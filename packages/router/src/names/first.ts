import { lookup } from 'node:dns/promises';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import type { Server, Snapshot } from '../model/snapshot.ts';

/** The address that a server begins with; `none`: it waits for a name server. */
export interface First {
  readonly host: string | undefined;
  /** What the log says of it. */
  readonly warning: string | undefined;
}

export interface FirstDeps {
  /** The address of this server under this name before a reload. */
  readonly known: (key: string, name: string) => string | undefined;
  /** The system's look-up; rejects where there is no address. */
  readonly system: (name: string) => Promise<string>;
}

/** getaddrinfo(3), as HAProxy calls it: the first address, in the order of the system (RFC 6724). */
export async function systemAddress(name: string): Promise<string> {
  const { address } = await lookup(name, { order: 'verbatim' });
  return address;
}

/** Servers without a first address: the configuration cannot take effect. It may later: at boot name servers become available late. */
export class NoAddress extends CannotApply {
  readonly code = 'ENOTFOUND';
  override readonly name = 'NoAddress';

  constructor(servers: readonly { readonly key: string; readonly server: Server }[]) {
    super(servers.map(({ key, server }) => ({ severity: 'error', at: server.at, message: explain(key, server) })));
  }
}

function explain(key: string, { names }: Server): string {
  return (
    `could not resolve address '${names?.name ?? ''}' of server ${key}: correct the name, or write ` +
    "'init-addr last,libc,none' to start without it, with 'resolvers' to have it looked up again"
  );
}

/**
 * Finds the first address of every server that has a name (`init-addr`), by `backend/server`. Each name is looked up once.
 * Rejects with `NoAddress` when a server has none.
 */
export async function firstAddresses(
  { backends }: Pick<Snapshot, 'backends'>,
  deps: FirstDeps,
): Promise<ReadonlyMap<string, First>> {
  const named = [...backends.values()].flatMap((backend) =>
    backend.servers
      .filter(({ names }) => names !== undefined)
      .map((server) => ({ key: `${backend.name}/${server.name}`, server })),
  );
  const asked = new Map<string, Promise<string | undefined>>();
  const system = (name: string): Promise<string | undefined> => {
    let answer = asked.get(name);
    if (answer === undefined) asked.set(name, (answer = deps.system(name).catch(() => undefined)));
    return answer;
  };
  const found = await Promise.all(
    named.map(async ({ key, server }) => [key, await first(key, server, deps, system)] as const),
  );
  const missing = named.filter((_, at) => found[at]?.[1] === undefined);
  if (missing.length > 0) throw new NoAddress(missing);
  return new Map(found.flatMap(([key, address]) => (address === undefined ? [] : [[key, address] as const])));
}

async function first(
  key: string,
  { names }: Server,
  { known }: FirstDeps,
  system: (name: string) => Promise<string | undefined>,
): Promise<First | undefined> {
  if (names === undefined) return undefined;
  const { name, service, first: ways, resolvers } = names;
  const before = known(key, name);
  // What a name server said is newer than what the system knows.
  if (before !== undefined && resolvers !== undefined) return { host: before, warning: undefined };
  let failed = false;
  for (const way of ways) {
    if (typeof way === 'object')
      return { host: way.address, warning: warn(failed, name, 'falling back to configured address') };
    if (way === 'none') return { host: before, warning: warn(failed, name, 'disabling server') };
    if (way !== 'libc' || service) continue;
    const host = await system(name);
    if (host !== undefined) return { host, warning: undefined };
    failed = true;
    // A reload must not take away what works.
    if (before !== undefined) return { host: before, warning: warn(true, name, `${before} stays its address`) };
  }
  return before === undefined ? undefined : { host: before, warning: undefined };
}

function warn(failed: boolean, name: string, what: string): string | undefined {
  return failed ? `could not resolve address '${name}', ${what}` : undefined;
}
