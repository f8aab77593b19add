import { halfOf, mapEntries } from '@headgate/shared/config/from-yaml';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { YamlEntry, YamlNode } from '@headgate/shared/config/yaml';
import type { RawBuilder } from './raw-config.ts';
import { ACME, addAcme, addAcmeCertificate } from './yaml-acme.ts';
import { scalarWord } from './yaml-scalar.ts';

type Add = (name: Word, value: Word) => void;

/**
 * Reads our YAML form: options at the top, then `services: { name: { option: value } }`. The keys are stunnel's words;
 * a list repeats an option; `timeout: { busy: 10s }` is TIMEOUTbusy; `true` and `false` are yes and no.
 */
export function readYamlConf(root: YamlNode, builder: RawBuilder, problems: Problems): void {
  const entries = mapEntries(halfOf(root, 'terminator'), problems);
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
    if (key.text === CERTIFICATE) {
      addCertificate(key, value, add, problems);
      return;
    }
    if (key.text === 'stats') {
      for (const part of value.entries)
        readOption({ ...part, key: { ...part.key, text: `stats ${part.key.text}` } }, add, problems);
      return;
    }
    if (key.text === ACME) {
      addAcme(value, add, problems);
      return;
    }
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
    else if (item.kind === 'map' && key.text === CERTIFICATE) addCertificate(key, item, add, problems);
    else if (item.kind === 'map' && key.text === ACME) addAcmeCertificate(key, item, add, problems);
    else problems.error(item.at, `'${key.text}' takes a value or a list of values`);
  }
}

const CERTIFICATE = 'certificate';

/** Our options and the words for them in the brackets of a crt-list. */
const BRACKETS: Readonly<Record<string, string>> = {
  key: 'key',
  verify: 'verify',
  verifyIgnore: 'crt-ignore-err',
  CAfile: 'ca-file',
  CRLfile: 'crl-file',
  ocspUpdate: 'ocsp-update',
  alpn: 'alpn',
  ciphers: 'ciphers',
  ciphersuites: 'ciphersuites',
  curves: 'curves',
  sslVersionMin: 'ssl-min-ver',
  sslVersionMax: 'ssl-max-ver',
};

/** `{ file, names, verify, … }` is one line of a crt-list: both forms are read by one reader. */
function addCertificate(key: Word, map: Extract<YamlNode, { kind: 'map' }>, add: Add, problems: Problems): void {
  let file = '';
  const names: string[] = [];
  const options: string[] = [];
  for (const { key: name, value } of map.entries) {
    const known = Object.hasOwn(BRACKETS, name.text) ? BRACKETS[name.text] : undefined;
    const words = (value.kind === 'list' ? value.items : [value]).flatMap((item) =>
      item.kind === 'scalar' ? [scalarWord(item).text] : [],
    );
    const [only = '', ...more] = words;
    if (words.some((word) => /[\s[\]]/.test(word)) || only === '')
      problems.error(value.at, `'${name.text}' takes words without spaces and brackets`);
    else if (name.text === 'names') names.push(...words);
    else if (more.length > 0 && name.text !== 'alpn') problems.error(value.at, `'${name.text}' takes one value`);
    else if (name.text === 'file') file = only;
    else if (known !== undefined) options.push(known, words.join(','));
    else
      problems.error(
        name.at,
        `a certificate has no option '${name.text}'`,
        nearest(name.text, ['file', 'names', ...Object.keys(BRACKETS)]),
      );
  }
  if (file === '') problems.error(map.at, "a certificate needs 'file'");
  else
    add(key, {
      text: [file, ...(options.length > 0 ? [`[${options.join(' ')}]`] : []), ...names].join(' '),
      at: map.at,
    });
}
