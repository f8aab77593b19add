import { atControlOf } from '@headgate/shared/admin/control-address';
import { configurationFiles } from '@headgate/shared/process/files';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadToLook } from '../config/load.ts';

/** At the control socket of the router. */
export const atControl = atControlOf({
  program: 'headgate-router',
  async configured(given) {
    const files = configurationFiles(given, DEFAULT_FILES, FILE_ENDINGS);
    const { snapshot } = files.length === 0 ? { snapshot: undefined } : await loadToLook(files);
    return { files, binds: snapshot?.control.binds ?? [] };
  },
});
