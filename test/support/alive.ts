import { readFileSync } from 'node:fs';

/** True while the process runs. A zombie, which its parent has not waited for yet, has ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
