import { Reads } from '@headgate/shared/process/reads';
import { inspectCommand } from '@headgate/tls-terminator/half';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadBoth } from '../config/load.ts';
import { usage } from './usage.ts';

/** `headgate inspect`: what clients get from each `bind … ssl`. */
export const inspectBoth = inspectCommand({
  usage,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  async load(files) {
    const { snapshot, problems } = await loadBoth(files, new Reads());
    if (snapshot === undefined) return { snapshot: undefined, problems };
    const { terminator } = snapshot;
    if (terminator !== undefined) return { snapshot: terminator, problems };
    const at = { file: files[0] ?? '', line: 1, column: 1 };
    const message = "there is nothing to inspect: no 'bind … ssl', and no service of the terminator";
    return { snapshot: undefined, problems: [{ severity: 'error', at, message }] };
  },
});
