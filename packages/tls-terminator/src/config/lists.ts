import type { CrtListLine } from '../certificate/crt-list.ts';
import type { CertificateFile } from '../certificate/sources.ts';
import type { CertificateList } from '../model/served.ts';

/** A crt-list as the control socket shows it. */
export function certificateList(file: string, text: string, lines: readonly CrtListLine[]): CertificateList {
  return {
    file,
    text,
    lines: lines.map(({ at, file: certificate, brackets, filters }) => ({
      number: at.line,
      certificate,
      options: brackets,
      names: filters,
    })),
  };
}

/** A directory is listed in the same way. */
export function directoryList(file: string, bundles: readonly (readonly CertificateFile[])[]): CertificateList {
  const lines = bundles.flat().map(({ cert }) => ({ number: 0, certificate: cert, options: '', names: [] }));
  return { file, text: undefined, lines };
}
