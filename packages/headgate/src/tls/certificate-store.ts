/** `crt-store` sections (HAProxy manual §12.7): certificates that binds refer to by name. Pure. */
import { isAbsolute, join } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Certificates } from '@headgate/router/half';
import { readAcmeSection, type AcmeSection } from './acme-words.ts';
import type { TlsOption } from './draft.ts';

interface Entry {
  readonly crt: Word;
  /** With the folder of its store. */
  readonly path: string;
  readonly key: Word | undefined;
  readonly acme: AcmeSection | undefined;
  /** Names and addresses of the certificate that is obtained. */
  readonly names: readonly string[];
  readonly ocspUpdate: string | undefined;
}

/** Parameters of `load`, each with a value. */
const PARAMETERS = ['crt', 'key', 'acme', 'domains', 'ips', 'alias', 'ocsp-update', 'ocsp', 'issuer', 'sctl', 'jwt'];

/** What is beside a certificate by its name. */
const BESIDE: Readonly<Record<string, string>> = { ocsp: '.ocsp', issuer: '.issuer' };

/** The certificates that a `crt` of a bind may refer to: `@/alias`, `@store/site.pem`, or the path of one in a store without a name. */
export class CertificateStores {
  /** By `@store/name`. */
  readonly #named = new Map<string, Entry>();
  /** Of stores without a name, by their path. */
  readonly #byPath = new Map<string, Entry>();
  readonly #problems: Problems;
  readonly #base: string;

  /** `base`: `crt-base` of global. */
  constructor(certificates: Certificates | undefined, base: string, keyBase: string, problems: Problems) {
    this.#problems = problems;
    this.#base = base;
    const { sections = [], socket = '' } = certificates ?? {};
    const acme = new Map<string, AcmeSection>();
    for (const section of sections) {
      const read = section.kind === 'acme' ? readAcmeSection(section, socket, problems) : undefined;
      if (read === undefined) continue;
      if (acme.has(read.name.text)) problems.error(read.name.at, `another acme section is named '${read.name.text}'`);
      acme.set(read.name.text, read);
    }
    const used = new Set<string>();
    for (const section of sections) if (section.kind === 'crt-store') this.#read(section, keyBase, acme, used);
    for (const { name } of acme.values())
      if (!used.has(name.text))
        problems.warning(
          name.at,
          `no certificate refers to acme '${name.text}': write 'load crt FILE acme ${name.text} domains …' in a crt-store`,
        );
  }

  #read(
    { name, statements }: Section,
    globalKeyBase: string,
    acme: ReadonlyMap<string, AcmeSection>,
    used: Set<string>,
  ): void {
    const problems = this.#problems;
    let [base, keyBase] = [this.#base, globalKeyBase];
    for (const statement of statements) {
      const [keyword, value] = statement.words;
      if (keyword.text === 'load') {
        const parameters = this.#parameters(statement);
        const entry = parameters === undefined ? undefined : this.#entry(keyword, parameters, { base, keyBase }, acme);
        if (entry === undefined) continue;
        if (entry.acme !== undefined) used.add(entry.acme.name.text);
        const alias = parameters?.get('alias');
        for (const each of [entry.crt, ...(alias === undefined ? [] : [alias])])
          this.#named.set(`@${name?.text ?? ''}/${each.text}`, entry);
        if ((name?.text ?? '') === '') this.#byPath.set(entry.path, entry);
      } else if (keyword.text !== 'crt-base' && keyword.text !== 'key-base')
        problems.error(
          keyword.at,
          `unknown keyword '${keyword.text}' in 'crt-store'`,
          nearest(keyword.text, ['load', 'crt-base', 'key-base']),
        );
      else if (value === undefined) problems.error(keyword.at, `'${keyword.text}' needs a folder`);
      else if (keyword.text === 'crt-base') base = value.text;
      else keyBase = value.text;
    }
  }

  #parameters({ words: [keyword, ...words] }: Statement): ReadonlyMap<string, Word> | undefined {
    const found = new Map<string, Word>();
    for (let index = 0; index < words.length; index += 2) {
      const [parameter = keyword, value] = words.slice(index, index + 2);
      if (!PARAMETERS.includes(parameter.text))
        this.#problems.error(
          parameter.at,
          `unknown parameter '${parameter.text}' of 'load'`,
          nearest(parameter.text, PARAMETERS),
        );
      else if (value === undefined) this.#problems.error(parameter.at, `'${parameter.text}' needs a value`);
      else {
        found.set(parameter.text, value);
        continue;
      }
      return undefined;
    }
    return found;
  }

  #entry(
    { at }: Word,
    parameters: ReadonlyMap<string, Word>,
    { base, keyBase }: { readonly base: string; readonly keyBase: string },
    sections: ReadonlyMap<string, AcmeSection>,
  ): Entry | undefined {
    const problems = this.#problems;
    const [crt, acme] = [parameters.get('crt'), parameters.get('acme')];
    const names = ['domains', 'ips'].flatMap((each) => parameters.get(each)?.text.split(',') ?? []);
    if (crt === undefined) {
      problems.error(at, "'load' needs 'crt FILE'");
      return undefined;
    }
    const path = inFolder(base, crt.text);
    for (const [parameter, ending] of Object.entries(BESIDE)) {
      const given = parameters.get(parameter);
      if (given !== undefined && inFolder(base, given.text) !== path + ending)
        problems.warning(given.at, `'${parameter} ${given.text}' has no effect: it is read from ${path}${ending}`);
    }
    const section = acme === undefined ? undefined : sections.get(acme.text);
    if (acme !== undefined && section === undefined)
      problems.error(acme.at, `there is no acme section '${acme.text}'`, nearest(acme.text, sections.keys()));
    if (acme === undefined && names.length > 0)
      problems.warning(at, "'domains' and 'ips' have no effect without 'acme'");
    if (acme !== undefined && names.every((name) => name === ''))
      problems.error(acme.at, "'acme' needs 'domains', the names of the certificate");
    const key = parameters.get('key');
    return {
      crt,
      path,
      key: key === undefined ? undefined : { ...key, text: inFolder(keyBase, key.text) },
      acme: section,
      names: names.filter((name) => name !== ''),
      ocspUpdate: parameters.get('ocsp-update')?.text,
    };
  }

  /** The options of the terminator for `crt VALUE` of a bind. */
  optionsOf(value: Word): readonly TlsOption[] {
    const reference = value.text.startsWith('@');
    const entry = reference ? this.#named.get(value.text) : this.#byPath.get(inFolder(this.#base, value.text));
    if (entry !== undefined) return [optionOf(entry, value)];
    if (!reference) return [{ name: 'crt', value }];
    this.#problems.error(value.at, `no crt-store has '${value.text}'`, nearest(value.text, this.#named.keys()));
    return [];
  }
}

function optionOf({ path, key, acme, names, ocspUpdate }: Entry, { at }: Word): TlsOption {
  if (acme !== undefined) {
    const own = [...acme.options, { name: 'acmeInitial', value: { text: path } }];
    const text = own.map((option) => `${option.name} ${option.value.text}`).join(' ');
    return { name: 'acmeNames', value: { text: `[${text}] ${names.join(' ')}`, at } };
  }
  const brackets = [
    ...(key === undefined ? [] : [`key ${key.text}`]),
    ...(ocspUpdate === undefined ? [] : [`ocsp-update ${ocspUpdate}`]),
  ].join(' ');
  return { name: 'certificate', value: { text: brackets === '' ? path : `${path} [${brackets}]`, at } };
}

function inFolder(folder: string, path: string): string {
  return folder === '' || isAbsolute(path) ? path : join(folder, path);
}
