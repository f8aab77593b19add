import { doctorCommand, type Question } from '@headgate/shared/doctor/command';
import type { Findings } from '@headgate/shared/doctor/finding';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadToLook } from '../config/load.ts';
import { examineBackends } from './doctor/backends.ts';
import { examineFrontends } from './doctor/frontends.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

/** Addresses, servers and timeouts. */
export async function examineRouting(snapshot: Snapshot, question: Question, findings: Findings): Promise<void> {
  await examineFrontends(snapshot, question, findings);
  await examineBackends(snapshot, question, findings);
}

export const doctor = doctorCommand({
  summary: SUMMARIES.doctor,
  usage,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files) => loadToLook(files),
  examine: examineRouting,
});
