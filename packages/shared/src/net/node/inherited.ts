import type { Server } from 'node:net';

/** A listening socket of another process, as it arrives: Node's own handle, which does not accept yet. */
export type Inherited = object;

/** One of the sockets of an address. */
export interface Shard {
  /** Its place among the sockets of its address. */
  readonly index: number;
  readonly handle: Inherited;
}

/**
 * What this process does with its listening sockets: it binds and accepts (`alone`); it binds and holds them for its workers, and
 * accepts nothing (`primary`); or it accepts on those that a primary holds (`worker`).
 */
export type Role = { readonly kind: 'alone' | 'worker' } | { readonly kind: 'primary'; readonly workers: number };

/** The sockets of an address in this process. */
export interface Held {
  readonly servers: () => readonly Server[];
  /** Another process can have it: of a unix socket whose path goes with the process that bound it, it cannot. */
  readonly movable: boolean;
  /** A primary accepts on it itself: it is not for the workers. */
  readonly own?: boolean;
}

/** The acceptor of an address in a worker, which may get more sockets while another worker is missing. */
export interface Adopter {
  adopt(shard: Shard): void;
  release(index: number): void;
}

let own: Role = { kind: 'alone' };
/** The sockets of this process, by the address they were asked for. */
const held = new Map<string, Held>();
/** Those of the predecessor or the primary, until they are listened on. */
const inherited = new Map<string, Shard[]>();
const adopters = new Map<string, Adopter>();

export function role(): Role {
  return own;
}

/** This process binds this path, which no other one has given it. */
export function bindsPath(path: string): boolean {
  return own.kind !== 'worker' && !inherited.has(path);
}

/** Whose the paths of unix sockets are that more than one process has. */
let paths: 'ours' | 'awaited' | 'left' = 'ours';

/** The one before it has left what it handed over to this process, or this process leaves what it has. */
export function followPaths(now: 'ours' | 'left'): void {
  paths = now;
}

/** Whether this process may remove the path of a unix socket. `adopted`: another one has bound it. */
export function pathIsOurs(adopted: boolean): boolean {
  return own.kind !== 'worker' && (paths === 'ours' || (paths === 'awaited' && !adopted));
}

/** Once, before anything listens. */
export function takeRole(role: Role): void {
  own = role;
}

/** What an address is known by in both processes. `name` tells those apart whose port the system chooses. */
export function listeningKey(host: string, port: number, ipv6Only: boolean, name = ''): string {
  return `${host} ${port}${ipv6Only ? ' v6only' : ''}${port === 0 ? ` ${name}` : ''}`;
}

/** Remembers the sockets of an address for other processes. Returns a function that forgets them. */
export function hold(key: string, sockets: Held): () => void {
  held.set(key, sockets);
  return () => {
    if (held.get(key) === sockets) held.delete(key);
  };
}

/** Every listening socket, as `child.send` takes it. */
export function heldSockets(): readonly (Shard & Required<Pick<Held, 'movable' | 'own'>> & { readonly key: string })[] {
  return [...held].flatMap(([key, { servers, movable, own = false }]) =>
    servers().flatMap((server, index) => {
      const handle: unknown = Reflect.get(server, '_handle');
      return typeof handle === 'object' && handle !== null ? [{ key, handle, index, movable, own }] : [];
    }),
  );
}

/** Gives a socket of another process to the acceptor of its address, or keeps it until that address is listened on. */
export function inherit(key: string, shard: Shard): void {
  if (own.kind !== 'worker' && paths === 'ours') paths = 'awaited';
  const adopter = adopters.get(key);
  if (adopter !== undefined) return adopter.adopt(shard);
  const shards = inherited.get(key);
  if (shards === undefined) inherited.set(key, [shard]);
  else shards.push(shard);
}

/** The sockets of another process for an address, once. */
export function takeInherited(key: string): readonly Shard[] {
  const shards = inherited.get(key) ?? [];
  inherited.delete(key);
  return shards;
}

/** Gets the sockets of an address that come later. Returns a function that ends that. */
export function adoptLater(key: string, adopter: Adopter): () => void {
  adopters.set(key, adopter);
  return () => {
    if (adopters.get(key) === adopter) adopters.delete(key);
  };
}

/** The worker that a socket was taken over from accepts on it again. */
export function releaseAdopted(key: string, index: number): void {
  adopters.get(key)?.release(index);
}

/** Closes those that no address of the configuration wanted. */
export function dropInherited(): void {
  for (const { handle } of [...inherited.values()].flat()) closeHandle(handle);
  inherited.clear();
}

/** Closes this process's share of a socket. */
export function closeHandle(handle: Inherited): void {
  const close: unknown = Reflect.get(handle, 'close');
  if (typeof close === 'function') Reflect.apply(close, handle, []);
}
