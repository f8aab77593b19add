import { getSystemErrorName } from 'node:util';
import type { Endpoint } from '../endpoint.ts';
import type { LinkError } from '../link.ts';
import { streams, type Request } from './handle.ts';

/** Is told whether a write went well. */
export type Done = (taken: boolean) => void;

export interface Write extends Request {
  size: number;
  done: Done[] | undefined;
}

/** Serves every write that is over when its call returns; one that is not keeps it. */
let spare: Write | undefined = undefined;

export function takeWrite(): Write {
  const write = spare;
  spare = undefined;
  return write ?? Object.assign(new (offered().WriteWrap)(), { size: 0, done: undefined });
}

/** Gives back one that is over. */
export function giveWrite(write: Write): void {
  spare = write;
}

export function newShutdown(): Request {
  return new (offered().ShutdownWrap)();
}

/** Whether the write that was just begun goes on after its call. */
export function wasAsync(): boolean {
  return streams?.streamBaseState[streams.kLastWriteWasAsync] !== 0;
}

/** What the system said, as Node's sockets say it. */
export function failure(call: string, status: number, to?: Endpoint): LinkError {
  const code = getSystemErrorName(status);
  const where = to === undefined ? '' : ` ${to.port === 0 ? to.address : `${to.address}:${to.port}`}`;
  return Object.assign(new Error(`${call} ${code}${where}`), { errno: status, code, syscall: call });
}

function offered(): NonNullable<typeof streams> {
  if (streams === undefined) throw new TypeError('the runtime does not offer its handles');
  return streams;
}
