import { doctorCommand, type Question } from '@headgate/shared/doctor/command';
import type { Findings } from '@headgate/shared/doctor/finding';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadConfig } from '../config/load.ts';
import { examineService } from './doctor/service.ts';
import type { Service } from '../model/snapshot.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

/** Certificates, what is served, the other half. */
export async function examineServices(
  services: readonly Service[],
  question: Question,
  findings: Findings,
): Promise<void> {
  for (const service of services) await examineService(service, question, findings);
}

export const doctor = doctorCommand({
  summary: SUMMARIES.doctor,
  usage,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files) => loadConfig(files),
  examine: ({ services }, question, findings) => examineServices(services, question, findings),
});
