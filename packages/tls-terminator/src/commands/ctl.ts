import { atControlOf } from '@headgate/shared/admin/control-address';
import { ctlCommand } from '@headgate/shared/admin/ctl';
import { configurationFiles } from '@headgate/shared/process/files';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadConfig } from '../config/load.ts';
import { SUMMARIES } from './summaries.ts';

const program = 'headgate-terminator';

/** Where the terminator is asked. */
const atControl = atControlOf({
  program,
  async configured(given) {
    const files = configurationFiles(given, DEFAULT_FILES, FILE_ENDINGS);
    const { snapshot } = files.length === 0 ? { snapshot: undefined } : await loadConfig(files);
    return { files, binds: snapshot?.control.binds ?? [] };
  },
});

export const ctl = ctlCommand({ program, summary: SUMMARIES.ctl, atControl });
