import { Problems } from '@headgate/shared/config/problem';
import { compile } from '../config/compile.ts';
import { readText } from '../config/read.ts';
import type { Server } from '../model/snapshot.ts';

const FILE = 'add-server.cfg';

/**
 * What `add server` writes, with the `resolvers` sections that it may name, read as the line of a configuration: the same
 * parameters, defaults and complaints.
 */
export function readServerLine(
  name: string,
  words: readonly string[],
  resolvers: readonly string[] = [],
): { readonly server: Server } | { readonly wrong: readonly string[] } {
  if (!/^[A-Za-z0-9_.:-]+$/.test(name)) return { wrong: [`'${name}' is not a name`] };
  const problems = new Problems();
  const line = [name, ...words].map(quoted).join(' ');
  const sections = resolvers.map((section) => `resolvers ${section}\n nameserver n 127.0.0.1\n`).join('');
  const text = `${sections}defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten x\n bind 127.0.0.1:1\n server ${line}\n`;
  const raw = readText(text, FILE, {}, problems);
  const io = { readFile: () => undefined, limits: '', addedServer: true };
  const { snapshot, problems: all } = compile(raw, io, problems);
  const server = snapshot?.backends.get('x')?.servers[0];
  if (server !== undefined) return { server };
  return { wrong: all.filter(({ severity }) => severity === 'error').map(({ message }) => message) };
}

/** A word that cannot end its line, its command or its quotes. */
function quoted(word: string): string {
  return `"${word.replaceAll(/[\\"$]/g, (char) => `\\${char}`).replaceAll(/[\r\n]/g, ' ')}"`;
}
