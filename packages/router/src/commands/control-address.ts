import type { ControlAddress } from '@headgate/shared/admin/ask';
import { configurationFiles } from '@headgate/shared/process/files';
import type { CommandIo } from '@headgate/shared/process/product';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadConfig } from '../config/load.ts';
import type { ControlBind } from '../model/control.ts';

/** Where the router is asked: the socket that was given, or that of the configuration; undefined after saying why there is none. */
export async function controlAddress(
  socket: string | undefined,
  files: readonly string[],
  io: CommandIo,
): Promise<ControlAddress | undefined> {
  return socket === undefined ? configured(files, io) : addressOf(socket);
}

/** The socket of a configuration that allows the most. */
async function configured(given: readonly string[], io: CommandIo): Promise<ControlAddress | undefined> {
  const files = configurationFiles(given, DEFAULT_FILES, FILE_ENDINGS);
  const { snapshot } = files.length === 0 ? { snapshot: undefined } : await loadConfig(files);
  const binds = snapshot?.control.binds ?? [];
  const best = binds.find(({ level }) => level === 'admin') ?? binds[0];
  if (best !== undefined) return placeOf(best);
  const where = files.length === 0 ? 'no configuration file was found' : `${files.join(', ')} has no 'stats socket'`;
  io.err(`headgate-router: ${where}: give the control socket with -s\n`);
  return undefined;
}

function placeOf({ address }: ControlBind): ControlAddress {
  if (address.kind === 'unix') return { path: address.path };
  const host = address.host === '0.0.0.0' || address.host === '::' ? 'localhost' : address.host;
  return { host, port: address.port };
}

function addressOf(text: string): ControlAddress {
  const place = /^(?:ipv[46]@)?\[?([^/]*?)\]?:(\d{1,5})$/.exec(text);
  return place === null
    ? { path: text.replace(/^unix@/, '') }
    : { host: place[1] || 'localhost', port: Number(place[2]) };
}
