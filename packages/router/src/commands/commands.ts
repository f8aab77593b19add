import { later } from '@headgate/shared/process/later';
import type { Command } from '@headgate/shared/process/product';
import { SUMMARIES } from './summaries.ts';

/** The router's commands besides `run` and `check`. */
export const commands = {
  ctl: later(SUMMARIES.ctl, async () => (await import('./ctl.ts')).ctl),
  deploy: later(SUMMARIES.deploy, async () => (await import('./deploy.ts')).deploy),
  doctor: later(SUMMARIES.doctor, async () => (await import('./doctor.ts')).doctor),
  explain: later(SUMMARIES.explain, async () => (await import('./explain.ts')).explain),
  import: later(SUMMARIES.import, async () => (await import('./import.ts')).importHaproxy),
  top: later(SUMMARIES.top, async () => (await import('./top.ts')).top),
} as const satisfies Record<string, Command>;
