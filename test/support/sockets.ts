import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Open sockets of a process, including listening ones, but excluding those of its logs, which open when the
 * first line is sent, possibly after the response it describes. Linux only.
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
export function memoryOf(pid: number): Promise<number> {
  return kilobytesOf(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** The same without pages of files, which the kernel can drop. */
export function anonymousMemoryOf(pid: number): Promise<number> {
  return kilobytesOf(pid, /^RssAnon:\s+(\d+) kB$/m);
}

async function kilobytesOf(pid: number, pattern: RegExp): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(pattern.exec(status)?.[1] ?? 0) * 1024;
}

/** How many bytes a process has read so far, from anything. Linux only. */
export async function bytesRead(pid: number): Promise<number> {
  return Number(/^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
}
