import { addressText } from '../net/endpoint.ts';
import type { CommandIo } from '../process/product.ts';
import { explainFailure } from '../process/start-failure.ts';
import { NoAnswer, type ControlAddress } from './ask.ts';
import type { ControlBind } from './control-sockets.ts';

export interface ControlAddressParts {
  /** `headgate-router`. */
  readonly program: string;
  /** The files that are read when these are given, and the control sockets of the configuration in them. */
  readonly configured: (
    given: readonly string[],
  ) => Promise<{ readonly files: readonly string[]; readonly binds: readonly ControlBind[] }>;
}

/** EX_TEMPFAIL of sysexits.h. */
const NO_ANSWER = 75;
const ADVICE =
  'the program is busy, stopped (see its state in ps), stopping, or has all the connections that stats maxconn allows. What was sent to it may still take effect';

/** The options of a command that name the control socket, for parseArgs. */
export const CONTROL_OPTIONS = {
  socket: { type: 'string', short: 's' },
  file: { type: 'string', short: 'f', multiple: true },
} as const;

/**
 * Does the work of a command at the control socket that its options name, or else at that of the configuration. Returns the exit
 * code: 1 after printing why there is no socket, or why it cannot be reached, 75 (EX_TEMPFAIL) when it does not answer.
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
    if (typeof address === 'string') {
      io.err(`${program}: ${address}\n`);
      return 1;
    }
    try {
      return await work(address);
    } catch (error) {
      if (!(error instanceof NoAnswer)) {
        io.err(`${program}: ${explainFailure(error)}\n`);
        return 1;
      }
      io.err(`${program}: ${textOf(address)}: ${error.message}: ${ADVICE}\n`);
      return NO_ANSWER;
    }
  };
}

function textOf(address: ControlAddress): string {
  return 'path' in address ? address.path : addressText(address.host, address.port);
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
