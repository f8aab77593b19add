import { Problems, inOrder } from '@headgate/shared/config/problem';
import type { Loaded } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { formatFinding } from '../certificate/finding.ts';
import type { BundleResult } from '../certificate/bundle.ts';
import { loadCertificate } from '../certificate/load.ts';
import { compile } from './compile.ts';
import type { Bundles } from './compile.ts';
import type { NamedDraft } from './draft.ts';
import { RawBuilder } from './raw-config.ts';
import { readDrafts } from './read-drafts.ts';
import { ConfigReader } from './read-files.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * Reads, checks and compiles configuration files (YAML or stunnel.conf) and the certificates they name.
 * Several files count as one, in their order. Everything wrong is reported at once; nothing is thrown for it.
 */
export async function loadConfig(
  files: readonly string[],
  reads: Reads = new Reads(),
  now: Date = new Date(),
): Promise<Loaded<Snapshot>> {
  return load(files, reads, now, (reader, file) => reader.read(file));
}

/** The same for a text, as if it were a file of that name. */
export async function loadText(text: string, name: string, now: Date = new Date()): Promise<Loaded<Snapshot>> {
  return load([name], new Reads(), now, async (reader, file) => {
    reader.files.push(file);
    await reader.readText(text, file);
  });
}

async function load(
  files: readonly string[],
  reads: Reads,
  now: Date,
  read: (reader: ConfigReader, file: string) => Promise<void>,
): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const start = { file: files[0] ?? '', line: 1, column: 1 };
  const builder = new RawBuilder(start);
  const reader = new ConfigReader(builder, problems, reads);
  for (const file of files) {
    builder.startFile();
    await read(reader, file);
  }
  if (reader.files.length === 0) return { snapshot: undefined, problems: problems.list };
  const drafts = readDrafts(builder.build(), problems);
  const certificates = drafts.services.flatMap(({ draft }) =>
    [draft.cert, draft.key, draft.keyPassFile].flatMap((file) => file?.path ?? []),
  );
  for (const file of certificates) reads.note(file);
  const bundles = await loadBundles(drafts.services, now, problems);
  const snapshot = compile(drafts, bundles, [...new Set([...reader.files, ...certificates])], start, problems);
  return { snapshot: problems.hasErrors ? undefined : snapshot, problems: inOrder(problems.list) };
}

/** Services often share a certificate: its files are read, and what is to say about them is said, once. */
async function loadBundles(services: readonly NamedDraft[], now: Date, problems: Problems): Promise<Bundles> {
  const loaded = new Map<string, BundleResult['bundle']>();
  const bundles: BundleResult['bundle'][] = [];
  for (const { draft } of services) {
    const { cert, key, keyPassFile } = draft;
    if (cert === undefined) {
      bundles.push(undefined);
      continue;
    }
    const id = JSON.stringify([cert.path, key?.path, keyPassFile?.path]);
    if (!loaded.has(id)) {
      const { bundle, findings } = await loadCertificate(
        { cert: cert.path, key: key?.path, passFile: keyPassFile?.path },
        now,
      );
      for (const finding of findings) {
        const { at, option } = [keyPassFile, key, cert].find((file) => file?.path === finding.file) ?? cert;
        const message = `${option}: ${formatFinding(finding)}`;
        if (finding.severity === 'error') problems.error(at, message);
        else problems.warning(at, message);
      }
      loaded.set(id, bundle);
    }
    bundles.push(loaded.get(id));
  }
  return bundles;
}
