import type { CommandIo } from '../process/product.ts';
import { explainFailure } from '../process/start-failure.ts';
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

/** The options of a command that name the control socket, for parseArgs. */
export const CONTROL_OPTIONS = {
  socket: { type: 'string', short: 's' },
  file: { type: 'string', short: 'f', multiple: true },
} as const;

/**
 * Does the work of a command at the control socket that its options name, or else at that of the configuration. Returns the exit
 * code: 1 after printing why there is no socket, or why it cannot be reached.
 */
export type AtControl = (
  named: { readonly socket?: string | undefined; readonly file?: readonly string[] | undefined },
  io: CommandIo,
  work: (address: ControlAddress) => Promise<number>,
) => Promise<number>;

export function atControlOf({ program, configured }: ControlAddressParts): AtControl {
  async function find(given: readonly string[]): Promise<ControlAddress | string> {
    const { files, binds } = await configured(given);
    // The one that allows the most.
    const best = binds.find(({ level }) => level === 'admin') ?? binds[0];
    if (best !== undefined) return placeOf(best);
    const where = files.length === 0 ? 'no configuration file was found' : `${files.join(', ')} has no 'stats socket'`;
    return `${where}: give the control socket with -s`;
  }

  return async ({ socket, file = [] }, io, work) => {
    const address = socket === undefined ? await find(file) : addressOf(socket);
    try {
      if (typeof address !== 'string') return await work(address);
      io.err(`${program}: ${address}\n`);
    } catch (error) {
      io.err(`${program}: ${explainFailure(error)}\n`);
    }
    return 1;
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
