import { lstatSync, renameSync, unlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathIsOurs } from './inherited.ts';
import { ABSTRACT, systemPath } from './socket-path.ts';

/** The longest path of a unix socket, in bytes. */
const LONGEST = 107;

/**
 * The file of a listening unix socket. libuv removes the path that it has bound when it closes the socket, also where another process
 * goes on listening on it. So it is bound under another name, and renamed: who removes it is decided here.
 */
export class SocketFile {
  readonly #path: string;
  /** Another process has bound it. */
  readonly #adopted: boolean;
  /** The file that we bound, or adopted: another program may have put its own in its place. */
  #found: Pick<Stats, 'ino' | 'dev'> | undefined;

  constructor(path: string, adopted: boolean) {
    this.#path = path;
    this.#adopted = adopted;
    this.#found = lstatSync(path, { throwIfNoEntry: false });
  }

  /** Its socket is closed: removes the file, unless another process listens on it. */
  remove(): void {
    if (!pathIsOurs(this.#adopted)) return;
    const found = lstatSync(this.#path, { throwIfNoEntry: false });
    const ours = found !== undefined && found.ino === this.#found?.ino && found.dev === this.#found.dev;
    this.#found = undefined;
    if (ours) unlinkSync(this.#path);
  }
}

/**
 * Binds a path: `bind` gets the name to bind, and has done so when it returns. The socket can be given to other processes if the path
 * leaves room for another name beside it; undefined: it does not.
 */
export function bindPath(path: string, bind: (name: string) => void): SocketFile | undefined {
  if (path.startsWith(ABSTRACT)) {
    // It is in no directory, and ends with its last descriptor.
    bind(systemPath(path));
    return undefined;
  }
  const names = [`${path}.${process.pid}`, join(dirname(path), `.${process.pid}`)];
  const name = names.find((one) => Buffer.byteLength(one) <= LONGEST);
  if (name === undefined) {
    bind(path);
    return undefined;
  }
  bind(name);
  // Nothing is there when it could not be bound: the error comes later.
  if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return undefined;
  renameSync(name, path);
  return new SocketFile(path, false);
}

/** The system's error names the path that was asked for. */
export function nameAsked(error: unknown, path: string): unknown {
  if (error instanceof Error && 'address' in error && typeof error.address === 'string') {
    error.message = error.message.replace(error.address, () => path);
    error.address = path;
  }
  return error;
}
