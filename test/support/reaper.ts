import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Ends the process groups of this test process when it is itself ended, by any means: a shell that reads a pipe
 * from here sees its end even after a SIGKILL. It knows only the registered groups that have not ended yet.
 */
const SCRIPT = `
groups=' '
while read -r change group; do
  case $change in
    add) groups="$groups$group " ;;
    gone) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

let shell: ChildProcess | undefined;

function tell(change: string): void {
  if (shell === undefined) {
    shell = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    shell.unref();
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    if (shell.stdin !== null && 'unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  }
  shell.stdin?.write(`${change}\n`);
}

/** From now on the group ends with this process. */
export function adopt(group: number): void {
  tell(`add ${group}`);
}

/** The group has ended by itself. */
export function release(group: number): void {
  tell(`gone ${group}`);
}
