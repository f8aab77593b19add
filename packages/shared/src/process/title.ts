import { writeFileSync } from 'node:fs';

/** The longest name of a command that Linux keeps (TASK_COMM_LEN less its final zero). */
const LONGEST_COMMAND = 15;

/** How a program is called in ps, ss and top; `state` says what it is doing: `headgate-router (draining) -f router.yaml`. */
export function setTitle({ title }: { readonly title: string }, argv: readonly string[], state?: string): void {
  process.title = [title, ...(state === undefined ? [] : [`(${state})`]), ...argv].join(' ');
  if (process.platform !== 'linux') return;
  try {
    // The same text was cut to make the command's name; ss and top show that one.
    writeFileSync('/proc/self/comm', title.slice(0, LONGEST_COMMAND));
  } catch {
    // A name is no reason not to start: /proc may be hidden or read-only.
  }
}
