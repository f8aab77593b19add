import type { Server } from 'node:net';

/** A listening socket of another process, as it arrives: Node's own handle, which does not accept yet. */
export type Inherited = object;

/** The listening TCP sockets of this process, by the address they were asked for: what a successor inherits. */
const held = new Map<string, () => readonly Server[]>();
/** Those of the predecessor, until they are listened on. */
const inherited = new Map<string, Inherited[]>();

/** What an address is known by in both processes. */
export function listeningKey(host: string, port: number, ipv6Only: boolean): string {
  return `${host} ${port}${ipv6Only ? ' v6only' : ''}`;
}

/** Remembers the sockets of an address for a successor. Returns a function that forgets them. */
export function hold(key: string, servers: () => readonly Server[]): () => void {
  held.set(key, servers);
  return () => {
    if (held.get(key) === servers) held.delete(key);
  };
}

/** Every listening socket, as `child.send` takes it. */
export function heldSockets(): readonly { readonly key: string; readonly handle: Inherited }[] {
  return [...held].flatMap(([key, servers]) =>
    servers().flatMap((server) => {
      const handle: unknown = Reflect.get(server, '_handle');
      return typeof handle === 'object' && handle !== null ? [{ key, handle }] : [];
    }),
  );
}

/** Keeps a socket of the predecessor until its address is listened on. */
export function inherit(key: string, handle: Inherited): void {
  const handles = inherited.get(key);
  if (handles === undefined) inherited.set(key, [handle]);
  else handles.push(handle);
}

/** The sockets of the predecessor for an address, once. */
export function takeInherited(key: string): readonly Inherited[] {
  const handles = inherited.get(key) ?? [];
  inherited.delete(key);
  return handles;
}

/** Closes those that no address of the configuration wanted. */
export function dropInherited(): void {
  for (const handle of [...inherited.values()].flat()) {
    const close: unknown = Reflect.get(handle, 'close');
    if (typeof close === 'function') Reflect.apply(close, handle, []);
  }
  inherited.clear();
}
