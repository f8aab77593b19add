import { doctorCommand } from '@headgate/shared/doctor/command';
import { loadConfig } from '../config/load.ts';
import { examineService } from './doctor/service.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

export const doctor = doctorCommand({
  summary: SUMMARIES.doctor,
  usage,
  defaultFiles: ['tls-terminator.yaml', '/etc/headgate/tls-terminator.yaml', '/etc/stunnel/stunnel.conf'],
  fileEndings: ['.conf', '.yaml', '.yml'],
  load: (files) => loadConfig(files),
  async examine({ services }, question, findings) {
    for (const service of services) await examineService(service, question, findings);
  },
});
