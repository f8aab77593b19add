import { Problems, inOrder } from '@headgate/shared/config/problem';
import type { RawConfig } from '@headgate/shared/config/raw';
import type { Loaded } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { compile } from './compile.ts';
import { MaterialReader } from './material.ts';
import type { Material } from './material.ts';
import { RawBuilder } from './raw-config.ts';
import { readDrafts } from './read-drafts.ts';
import { ConfigReader } from './read-files.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * Reads, checks and compiles configuration files (YAML or stunnel.conf) and the certificates they name.
 * Several files count as one, in order. All problems are reported together; none is thrown.
 */
export async function loadConfig(
  files: readonly string[],
  reads: Reads = new Reads(),
  now: Date = new Date(),
): Promise<Loaded<Snapshot>> {
  return load(files, reads, now, (reader, file) => reader.read(file));
}

/** Compiles a text as if it were a file of that name. */
export async function loadText(text: string, name: string, now: Date = new Date()): Promise<Loaded<Snapshot>> {
  return load([name], new Reads(), now, async (reader, file) => {
    reader.files.push(file);
    await reader.readText(text, file);
  });
}

/**
 * Reads configuration files, then compiles them together with `more`: services that were written elsewhere, such as the
 * `bind … ssl` of a haproxy.cfg. `files` may be empty.
 */
export async function loadWith(
  more: RawConfig,
  files: readonly string[],
  reads: Reads,
  now: Date = new Date(),
): Promise<Loaded<Snapshot>> {
  return load(files, reads, now, (reader, file) => reader.read(file), more);
}

async function load(
  files: readonly string[],
  reads: Reads,
  now: Date,
  read: (reader: ConfigReader, file: string) => Promise<void>,
  more: RawConfig = { sections: [] },
): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const start = more.sections[0]?.at ?? { file: files[0] ?? '', line: 1, column: 1 };
  const builder = new RawBuilder(start);
  const reader = new ConfigReader(builder, problems, reads);
  for (const file of files) {
    builder.startFile();
    await read(reader, file);
  }
  if (reader.files.length === 0 && more.sections.length === 0) return { snapshot: undefined, problems: problems.list };
  const drafts = readDrafts({ sections: [...builder.build().sections, ...more.sections] }, problems);
  const materials = new MaterialReader(reads, now, problems);
  const loaded: Material[] = [];
  for (const { draft } of drafts.services) loaded.push(await materials.read(draft));
  materials.end();
  const all = [...new Set([...reader.files, ...materials.files])];
  const snapshot = compile(drafts, loaded, all, start, problems);
  return { snapshot: problems.hasErrors ? undefined : snapshot, problems: inOrder(problems.list) };
}
