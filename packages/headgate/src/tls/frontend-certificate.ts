import type { Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import type { CertificateStores } from './certificate-store.ts';
import type { TlsOption } from './draft.ts';

/** What is beside a certificate by its name, and what nothing is done with: each has a value. */
const BESIDE = ['ocsp', 'issuer', 'sctl'];

/** `ssl-f-use crt FILE …` (HAProxy 3.2) as options of the terminator: a line of a crt-list, or what a store has of that name. Pure. */
export function frontendCertificate(
  { words: [keyword, ...words] }: Statement,
  stores: CertificateStores,
  problems: Problems,
): readonly TlsOption[] {
  const given = new Map<string, Word>();
  const more: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [word = keyword, value] = words.slice(index, index + 2);
    if (word.text !== 'crt' && !BESIDE.includes(word.text)) {
      more.push(word.text);
      continue;
    }
    index += 1;
    if (value === undefined) problems.error(word.at, `'${word.text}' needs a value`);
    else given.set(word.text, value);
  }
  const crt = given.get('crt');
  if (crt === undefined) {
    problems.error(keyword.at, "'ssl-f-use' needs 'crt FILE'");
    return [];
  }
  for (const [word, { text, at }] of given)
    if (word !== 'crt' && text !== `${crt.text}.${word}`)
      problems.warning(
        at,
        `'${word} ${text}' has no effect: ${word === 'sctl' ? 'none are sent' : `it is read from ${crt.text}.${word}`}`,
      );
  return stores.optionsOf(crt).map((option) => withOptions(option, more, problems));
}

function withOptions(option: TlsOption, more: readonly string[], problems: Problems): TlsOption {
  const { name, value } = option;
  if (more.length === 0) return option;
  if (name === 'acmeNames') {
    problems.error(
      value.at,
      "an option of 'ssl-f-use' cannot be given to a certificate with acme: give it to the bind",
    );
    return option;
  }
  const [file = '', inside = ''] = value.text.split(/ \[|\]$/);
  const text = `${file} [${[inside, ...more].filter((each) => each !== '').join(' ')}]`;
  return { name: 'certificate', value: { ...value, text } };
}
