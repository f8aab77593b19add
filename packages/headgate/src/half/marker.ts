import type { HalfName } from '../model/messages.ts';

/** Set in the processes of the halves: which one, and the process that started it. */
const NAME = 'HEADGATE_HALF';

/** The environment of the process of a half. Readiness and signs of life are reported by the process above it. */
export function halfEnvironment(half: HalfName): NodeJS.ProcessEnv {
  return { ...process.env, [NAME]: `${half} ${process.pid}`, NOTIFY_SOCKET: undefined, WATCHDOG_USEC: undefined };
}

/** Which half this process is; undefined: it is headgate itself. Evaluated once, at the start. */
export function takeHalfMarker(): HalfName | undefined {
  const [half, parent] = (process.env[NAME] ?? '').split(' ');
  delete process.env[NAME];
  if (Number(parent) !== process.ppid || process.send === undefined) return undefined;
  return half === 'router' || half === 'terminator' ? half : undefined;
}
