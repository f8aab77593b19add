import type { CommandIo } from '../process/product.ts';
import type { ControlAddress } from './ask.ts';
import type { ControlBind } from './control-sockets.ts';

export interface ControlAddressParts {
  /** `headgate-router`. */
  readonly program: string;
  /** The files that are read when these are given, and the control sockets of the configuration in them. */
  readonly configured: (
    given: readonly string[],
  ) => Promise<{ readonly files: readonly string[]; readonly binds: readonly ControlBind[] }>;
}

/** Where a program is asked: the socket that was given, or that of its configuration; undefined after saying why there is none. */
export type FindControlAddress = (
  socket: string | undefined,
  files: readonly string[],
  io: CommandIo,
) => Promise<ControlAddress | undefined>;

export function controlAddressFinder({ program, configured }: ControlAddressParts): FindControlAddress {
  return async (socket, given, io) => {
    if (socket !== undefined) return addressOf(socket);
    const { files, binds } = await configured(given);
    // The one that allows the most.
    const best = binds.find(({ level }) => level === 'admin') ?? binds[0];
    if (best !== undefined) return placeOf(best);
    const where = files.length === 0 ? 'no configuration file was found' : `${files.join(', ')} has no 'stats socket'`;
    io.err(`${program}: ${where}: give the control socket with -s\n`);
    return undefined;
  };
}

function placeOf({ address }: ControlBind): ControlAddress {
  if (address.kind === 'unix') return { path: address.path };
  const host = address.host === '0.0.0.0' || address.host === '::' ? 'localhost' : address.host;
  return { host, port: address.port };
}

/** `/run/x.sock`, `unix@/run/x.sock`, `127.0.0.1:9999`. */
function addressOf(text: string): ControlAddress {
  const place = /^(?:ipv[46]@)?\[?([^/]*?)\]?:(\d{1,5})$/.exec(text);
  return place === null
    ? { path: text.replace(/^unix@/, '') }
    : { host: place[1] || 'localhost', port: Number(place[2]) };
}
