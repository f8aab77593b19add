import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { YamlEntry, YamlNode } from '@headgate/shared/config/yaml';
import { scalarWord } from './yaml-scalar.ts';

export const ACME = 'acme';

/** Keys of the mapping, and the options that they are. HAProxy's words for the same stand beside ours. */
const KEYS: Readonly<Record<string, string>> = {
  directory: 'acme',
  contact: 'acmeContact',
  names: 'acmeNames',
  challenge: 'acmeChallenge',
  http: 'acmeHttp',
  dns: 'acmeDns',
  dnsWait: 'acmeDnsWait',
  'dns-delay': 'acmeDnsWait',
  profile: 'acmeProfile',
  key: 'acmeKey',
  external: 'acmeExternal',
  store: 'acmeStore',
  ca: 'acmeCA',
  'account-key': 'acmeAccountKey',
  initial: 'acmeInitial',
  renew: 'acmeRenew',
};

/** `acme: { directory, contact, names, … }`: `names` is one certificate, or a list of lists for several. */
export function addAcme(
  map: Extract<YamlNode, { kind: 'map' }>,
  add: (name: Word, value: Word) => void,
  problems: Problems,
): void {
  for (const entry of map.entries) {
    const { key } = entry;
    const option = Object.hasOwn(KEYS, key.text) ? KEYS[key.text] : undefined;
    const name = { ...key, text: option ?? key.text };
    if (option === undefined)
      problems.error(key.at, `acme has no option '${key.text}'`, nearest(key.text, Object.keys(KEYS)));
    else if (option === 'acmeNames') addNames(name, entry, add, problems);
    else if (option === 'acmeExternal' && entry.value.kind === 'map') addExternal(name, entry.value, add, problems);
    else {
      const { value } = entry;
      for (const item of value.kind === 'list' ? value.items : [value]) {
        if (item.kind === 'scalar') add(name, scalarWord(item));
        else problems.error(item.at, `'${key.text}' takes a value or a list of values`);
      }
    }
  }
}

/** `acme: [{ names, key, … }, …]`: each is one certificate with settings of its own, in brackets before its names. */
export function addAcmeCertificate(
  key: Word,
  map: Extract<YamlNode, { kind: 'map' }>,
  add: (name: Word, value: Word) => void,
  problems: Problems,
): void {
  const own: string[] = [];
  const names: Word[] = [];
  const collect = ({ text: option }: Word, value: Word): void => {
    if (option === 'acmeNames') return void names.push(value);
    const word = option === 'acmeExternal' ? value.text.replace(/\s+/, ',') : value.text;
    if (/[\s[\]]/.test(word))
      problems.error(value.at, `'${option}' of one certificate takes a word without spaces and brackets`);
    else own.push(option, word);
  };
  addAcme(map, collect, problems);
  if (names.length === 0) problems.error(map.at, "a certificate of 'acme' needs 'names'");
  const brackets = own.length === 0 ? '' : `[${own.join(' ')}] `;
  for (const each of names) add({ ...key, text: 'acmeNames' }, { ...each, text: brackets + each.text });
}

function addNames(name: Word, { value }: YamlEntry, add: (name: Word, value: Word) => void, problems: Problems): void {
  const lists = value.kind === 'list' && value.items.some(({ kind }) => kind === 'list') ? value.items : [value];
  for (const list of lists) {
    const words = (list.kind === 'list' ? list.items : [list]).flatMap((item) => {
      if (item.kind === 'scalar') return [scalarWord(item).text];
      problems.error(item.at, "'names' takes names, or lists of names: one for each certificate");
      return [];
    });
    add(name, { text: words.join(' '), at: list.at });
  }
}

/** `external: { id, key }`. */
function addExternal(
  name: Word,
  map: Extract<YamlNode, { kind: 'map' }>,
  add: (name: Word, value: Word) => void,
  problems: Problems,
): void {
  const found = new Map<string, string>();
  for (const { key, value } of map.entries) {
    if (key.text !== 'id' && key.text !== 'key')
      problems.error(key.at, `'external' has no option '${key.text}'; it takes id and key`);
    else if (value.kind === 'scalar') found.set(key.text, value.text);
    else problems.error(value.at, `'${key.text}' takes a value`);
  }
  add(name, { text: `${found.get('id') ?? ''} ${found.get('key') ?? ''}`.trim(), at: map.at });
}
