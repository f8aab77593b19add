import { examineRouting } from '@headgate/router/half';
import { doctorCommand } from '@headgate/shared/doctor/command';
import { Reads } from '@headgate/shared/process/reads';
import { examineServices } from '@headgate/tls-terminator/half';
import type { Service } from '@headgate/tls-terminator/half';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadBoth, NOWHERE } from '../config/load.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

/** `headgate doctor`: what the doctors of both halves look at. */
export const doctorOfBoth = doctorCommand({
  summary: SUMMARIES.doctor,
  usage,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files) => loadBoth(files, new Reads()),
  async examine({ router, terminator }, question, findings) {
    await examineServices((terminator?.services ?? []).map(withoutPrivate), question, findings);
    await examineRouting(router, question, findings);
  },
});

/** The sockets between the halves are their own: a request that passes both shows that they work. */
function withoutPrivate(service: Service): Service {
  const connects = service.connects.filter(
    (connect) => connect.kind !== 'unix' || !connect.path.startsWith(`${NOWHERE}/`),
  );
  return { ...service, connects };
}
