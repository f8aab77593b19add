import { doctorCommand } from '@headgate/shared/doctor/command';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadToLook } from '../config/load.ts';
import { examineBackends } from './doctor/backends.ts';
import { examineFrontends } from './doctor/frontends.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

export const doctor = doctorCommand({
  summary: SUMMARIES.doctor,
  usage,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files) => loadToLook(files),
  async examine(snapshot, question, findings) {
    await examineFrontends(snapshot, question, findings);
    await examineBackends(snapshot, question, findings);
  },
});
