import { addressText } from '@headgate/shared/net/endpoint';
import { namesChanged } from '@headgate/shared/process/changes';
import type { Bind, Server, Snapshot } from '../model/snapshot.ts';

/** How a configuration differs from the one before it, as the log of a reload says it. */
export function changesOf(before: Snapshot, after: Snapshot): readonly string[] {
  const [old, now] = [serversOf(before), serversOf(after)];
  const moved = [...now].flatMap(([key, server]) => {
    const was = old.get(key);
    const [from, to] = [was === undefined ? '' : addressOf(was.address), addressOf(server.address)];
    return was === undefined || from === to ? [] : [`server ${key} moved from ${from} to ${to}`];
  });
  return [
    ...namesChanged('address', bindsOf(before), bindsOf(after)),
    ...namesChanged(
      'frontend',
      before.frontends.map(({ name }) => name),
      after.frontends.map(({ name }) => name),
    ),
    ...namesChanged('backend', before.backends.keys(), after.backends.keys()),
    ...namesChanged('server', old.keys(), now.keys()),
    ...moved,
  ];
}

function serversOf({ backends }: Snapshot): ReadonlyMap<string, Server> {
  return new Map(
    [...backends.values()].flatMap(({ name, servers }) =>
      servers.map((server) => [`${name}/${server.name}`, server] as const),
    ),
  );
}

function bindsOf({ frontends }: Snapshot): readonly string[] {
  return frontends.flatMap(({ binds }) => binds.map(({ address }: Bind) => addressOf(address)));
}

function addressOf(address: Bind['address'] | Server['address']): string {
  return address.kind === 'unix' ? address.path : addressText(address.host === '' ? '*' : address.host, address.port);
}
