import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Sockets a process has open, listening ones included, but not the ones it sends its log through: those open when the
 * first line goes out, which may be later than the answer it is about. Linux only.
 */
export async function socketsOf(pid: number): Promise<number> {
  const files = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  const datagram = await datagramSockets(pid);
  return links.filter((link) => link.startsWith('socket:') && !datagram.has(link)).length;
}

/** Every UDP socket of this machine, as links to them read: `socket:[4711]`. */
async function datagramSockets(pid: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(
    ['udp', 'udp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  );
  const lines = tables.flatMap((table) => table.trim().split('\n').slice(1));
  return new Set(lines.map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`));
}

/** Resident memory of a process in bytes. Linux only. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
