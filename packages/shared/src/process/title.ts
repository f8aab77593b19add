import { writeFileSync } from 'node:fs';

/** The longest command name that Linux keeps (TASK_COMM_LEN minus the terminating zero). */
const LONGEST_COMMAND = 15;

/** A program's name in ps, ss and top; `state` is what it is doing: `headgate-router (draining) -f router.yaml`. */
export function setTitle({ title }: { readonly title: string }, argv: readonly string[], state?: string): void {
  process.title = [title, ...(state === undefined ? [] : [`(${state})`]), ...argv].join(' ');
  if (process.platform !== 'linux') return;
  try {
    // The same text was cut to make the command's name; ss and top show that one.
    writeFileSync('/proc/self/comm', title.slice(0, LONGEST_COMMAND));
  } catch {
    // A missing title must not prevent the start: /proc may be hidden or read-only.
  }
}
