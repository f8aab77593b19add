import { mapEntries } from '@headgate/shared/config/from-yaml';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { YamlEntry, YamlNode, YamlScalar } from '@headgate/shared/config/yaml';
import type { RawBuilder } from './raw-config.ts';

type Add = (name: Word, value: Word) => void;

/**
 * Reads our YAML form: options at the top, then `services: { name: { option: value } }`. The keys are stunnel's words;
 * a list repeats an option; `timeout: { busy: 10s }` is TIMEOUTbusy; `true` and `false` are yes and no.
 */
export function readYamlConf(root: YamlNode, builder: RawBuilder, problems: Problems): void {
  const entries = mapEntries(root, problems);
  for (const entry of entries) {
    if (entry.key.text !== 'services') readOption(entry, (name, value) => builder.addGlobal(name, value), problems);
  }
  for (const entry of entries) {
    if (entry.key.text === 'services') readServices(entry, builder, problems);
  }
}

function readServices(entry: YamlEntry, builder: RawBuilder, problems: Problems): void {
  for (const service of mapEntries(entry.value, problems)) {
    builder.openService(service.key);
    for (const option of mapEntries(service.value, problems))
      readOption(option, (name, value) => builder.add(name, value), problems);
  }
}

function readOption({ key, value }: YamlEntry, add: Add, problems: Problems): void {
  if (value.kind === 'map') {
    if (key.text !== 'timeout') {
      problems.error(
        value.at,
        `'${key.text}' takes a value or a list of values, not a mapping`,
        nearest(key.text, ['services', 'timeout']),
      );
      return;
    }
    for (const part of value.entries)
      readOption({ ...part, key: { ...part.key, text: `TIMEOUT${part.key.text}` } }, add, problems);
    return;
  }
  const items = value.kind === 'list' ? value.items : [value];
  for (const item of items) {
    if (item.kind === 'scalar') add(key, scalarWord(item));
    else problems.error(item.at, `'${key.text}' takes a value or a list of values`);
  }
}

function scalarWord({ text, plain, at }: YamlScalar): Word {
  if (!plain) return { text, at, quoted: true };
  const lower = text.toLowerCase();
  if (lower === 'true') return { text: 'yes', at };
  return { text: lower === 'false' ? 'no' : text, at };
}
