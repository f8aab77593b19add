import { readFileSync } from 'node:fs';

/** The number of a user or a group by its name; undefined when the system knows none. Node.js has no getpwnam(3). */
export function idOf(kind: 'user' | 'group', name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const lines = textOf(kind === 'user' ? '/etc/passwd' : '/etc/group').split('\n');
  const id = lines.map((line) => line.split(':')).find(([own]) => own === name)?.[2];
  return id === undefined ? undefined : Number(id);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
