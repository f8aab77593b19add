import { X509Certificate } from 'node:crypto';
import type { TrustedFile } from '../../model/served.ts';
import type { Commands } from '../command.ts';
import { certificateLines, revocationLines } from '../describe.ts';
import { aborted, committed, linesOf } from '../lines.ts';
import type { TrustKind, TrustStore } from '../trust-store.ts';

/** HAProxy's words for the two kinds of file. */
const WORDS = { ca: { option: 'ca-file', upper: 'CA' }, crl: { option: 'crl-file', upper: 'CRL' } } as const;

/** Authorities and revocation lists: HAProxy's words and its answers. */
export const authorities = { ...commandsOf('ca'), ...commandsOf('crl') } satisfies Commands;

function commandsOf(kind: TrustKind): Commands {
  const { option, upper } = WORDS[kind];
  return {
    [`show ssl ${option}`]: {
      usage: '[<file>[:<index>]]',
      text: `display the SSL ${upper} files used in memory, or the details of a file`,
      level: 'operator',
      run([name], { trust }) {
        if (name === undefined) return overview(kind, trust);
        const [, file = '', index] = /^(.*?)(?::(\d+))?$/.exec(name) ?? [];
        const found = trust.find(kind, file);
        if (found === undefined) return `Can't display the ${upper} file : Not found!\n`;
        return details(found, file.startsWith('*') ? `*${found.file}` : found.file, index);
      },
    },
    [`set ssl ${option}`]: {
      usage: '<file> <payload>',
      text: `replace a ${upper} file`,
      level: 'admin',
      run([name], { trust }, _session, payload) {
        if (name === undefined || payload === undefined)
          return `'set ssl ${option} expects a filename and ${upper}s as a payload\n`;
        const result = trust.prepare(kind, name, payload);
        if ('refused' in result) return `${result.refused}\nCan't update ${name}!\n`;
        return `transaction ${result.created ? 'created' : 'updated'} for ${upper} ${name}!\n`;
      },
    },
    [`commit ssl ${option}`]: {
      usage: '<file>',
      text: `commit a ${upper} file`,
      level: 'admin',
      async run([name], { trust }) {
        if (name === undefined) return `'commit ssl ${option} expects a filename\n`;
        return committed(name, trust.prepared(kind)?.file, await trust.commit(kind, name));
      },
    },
    [`abort ssl ${option}`]: {
      usage: '<file>',
      text: `abort a transaction for a ${upper} file`,
      level: 'admin',
      run([name], { trust }) {
        if (name === undefined) return `'abort ssl ${option}' expects a filename\n`;
        return aborted(upper, name, trust.abort(kind, name));
      },
    },
  };
}

function overview(kind: TrustKind, trust: TrustStore): string {
  const counted = ({ file, blocks }: TrustedFile): string =>
    kind === 'ca' ? `${file} - ${blocks.length} certificate(s)` : file;
  const prepared = trust.prepared(kind);
  return linesOf([
    ...(prepared === undefined ? [] : ['# transaction', `*${counted(prepared)}`]),
    '# filename',
    ...trust.of(kind).map(counted),
  ]);
}

function details({ kind, blocks }: TrustedFile, name: string, index: string | undefined): string {
  const chosen = blocks
    .map((text, at) => ({ text, number: at + 1 }))
    .filter(({ number }) => index === undefined || number === Number(index));
  return linesOf([
    `Filename: ${name}`,
    `Status: ${name.startsWith('*') ? 'Unused' : 'Used'}`,
    ...chosen.flatMap(({ text, number }) =>
      kind === 'ca'
        ? [' ', `Certificate #${number}:`, ...certificateLines(new X509Certificate(text))]
        : [' ', `CRL #${number}:`, ...revocationLines(text)],
    ),
  ]);
}
