import type { Reloaded } from '@headgate/shared/process/product';
import { makeBundle } from '../certificate/bundle.ts';
import { formatFinding } from '../certificate/finding.ts';
import { isKeyLabel } from '../certificate/keys.ts';
import { readPem } from '../certificate/pem.ts';
import type { CertificateList } from '../model/served.ts';
import type { NamedCertificate, Snapshot } from '../model/snapshot.ts';
import { errorsOf } from './lines.ts';
import { otherFile, Transaction } from './transaction.ts';

type Pair = NamedCertificate['pairs'][number];

/** Puts a text in the place of a file that the configuration names, and applies that. */
export type Replace = (file: string, text: string) => Promise<Reloaded>;

/** Certificates that were made by hand and are not in a list. */
const MOST_UNUSED = 100;

/** What a certificate is, in HAProxy's words. */
export type CertificateState = 'Used' | 'Unused' | 'Empty';

/**
 * The certificates as the control socket sees and changes them: those of the configuration in effect, those that were made by hand and are not in a
 * list yet, and the one that is being prepared. What is changed stands for the file until that changes or the configuration is read again.
 */
export class CertificateStore {
  readonly #replace: Replace;
  #used = new Map<string, Pair>();
  #lists = new Map<string, CertificateList>();
  readonly #unused = new Map<string, string>();
  readonly #transaction = new Transaction();

  constructor(replace: Replace) {
    this.#replace = replace;
  }

  /** A configuration is in effect. `kept`: what was put in the place of files still stands. */
  follow({ services }: Snapshot, kept: boolean): void {
    const all = services.flatMap(({ tls }) => tls ?? []);
    this.#used = new Map(all.flatMap(({ certificates }) => certificates.map((pair) => [pair.facts.file, pair])));
    this.#lists = new Map(all.flatMap(({ lists }) => lists.map((list) => [list.file, list])));
    if (!kept) this.#unused.clear();
    for (const file of this.#used.keys()) this.#unused.delete(file);
  }

  get files(): readonly string[] {
    return [...this.#used.keys(), ...this.#unused.keys()].toSorted(byBytes);
  }

  get lists(): readonly CertificateList[] {
    return [...this.#lists.values()];
  }

  /** The file that is being prepared. */
  get prepared(): string | undefined {
    return this.#transaction.file;
  }

  list(file: string): CertificateList | undefined {
    return this.#lists.get(file);
  }

  /** Text and state of a certificate; `*FILE` is what is being prepared. Undefined: there is none. */
  find(name: string): { readonly text: string; readonly state: CertificateState } | undefined {
    if (name.startsWith('*')) {
      const text = this.#transaction.textOf(name.slice(1));
      return text === undefined ? undefined : { text, state: 'Unused' };
    }
    const pair = this.#used.get(name);
    if (pair !== undefined) return { text: pair.keyPem + pair.certPem, state: 'Used' };
    const text = this.#unused.get(name);
    return text === undefined ? undefined : { text, state: text === '' ? 'Empty' : 'Unused' };
  }

  /** Makes an empty one. What is wrong, or undefined. */
  create(file: string): string | undefined {
    if (this.find(file) !== undefined) return `Certificate '${file}' already exists!`;
    if (this.#unused.size >= MOST_UNUSED) return `there are ${MOST_UNUSED} certificates that are not used: delete some`;
    this.#unused.set(file, '');
    return undefined;
  }

  /** Prepares a change: certificates, with or without their key, or in FILE.key the key alone. `created`: the change is new. */
  prepare(
    name: string,
    payload: string,
  ): { readonly created: boolean; readonly file: string } | { readonly refused: string } {
    const file = this.find(name) === undefined ? name.replace(/\.key$/, '') : name;
    const ongoing = this.#transaction.file;
    if (ongoing !== undefined && ongoing !== file) return { refused: otherFile(ongoing, file) };
    const now = this.find(`*${file}`) ?? this.find(file);
    if (now === undefined)
      return { refused: "Can't replace a certificate which is not referenced by the configuration!" };
    const before = readPem(now.text).blocks;
    const { blocks, faults } = readPem(payload);
    const keys = blocks.filter(({ label }) => isKeyLabel(label));
    const rest = blocks.filter(({ label }) => !isKeyLabel(label));
    const [fault] = faults;
    const wanted = file === name ? rest.length : keys.length;
    if (fault !== undefined || wanted === 0)
      return {
        refused: `${fault?.message ?? `unable to load certificate from file '${name}'.`}\nCan't load the payload`,
      };
    // The key stays when none is given, and so do the certificates when a key alone is.
    const text = [
      ...(keys.length > 0 ? keys : before.filter(({ label }) => isKeyLabel(label))),
      ...(rest.length > 0 ? rest : before.filter(({ label }) => !isKeyLabel(label))),
    ];
    return { file, created: this.#transaction.set(file, text.map((block) => block.text).join('')) };
  }

  /** Puts what was prepared into effect, or leaves all as it was: what is wrong, one line each; empty when done. */
  async commit(file: string): Promise<readonly string[]> {
    const refusal = this.#transaction.refusal(file);
    if (refusal !== undefined) return [refusal];
    const text = this.#transaction.textOf(file) ?? '';
    const { bundle, findings } = makeBundle({ cert: { file, text }, now: new Date() });
    if (bundle === undefined)
      return findings.filter(({ severity }) => severity === 'error').map((finding) => formatFinding(finding));
    const result = await this.#replace(file, text);
    if (!result.applied) return errorsOf(result.reasons);
    this.#transaction.end();
    if (!this.#used.has(file)) this.#unused.set(file, text);
    return [];
  }

  /** Drops what was prepared. What is wrong, or undefined. */
  abort(file: string): string | undefined {
    const refusal = this.#transaction.refusal(file);
    if (refusal === undefined) this.#transaction.end();
    return refusal;
  }

  /** Deletes one that is in no list. What is wrong, or undefined. */
  async remove(file: string): Promise<string | undefined> {
    const found = this.find(file);
    if (found === undefined) return `certificate '${file}' doesn't exist!`;
    if (found.state === 'Used') return `certificate '${file}' in use, can't be deleted!`;
    this.#unused.delete(file);
    // The file is read again, if it exists.
    if (found.state === 'Unused') await this.#replace(file, '');
    return undefined;
  }

  /** Puts another text in the place of a list. What is wrong, one line each; empty when done. */
  async edit(list: CertificateList, text: string): Promise<readonly string[]> {
    const removed = new Map(list.lines.map(({ certificate }) => [certificate, this.find(certificate)?.text ?? '']));
    const result = await this.#replace(list.file, text);
    if (!result.applied) return errorsOf(result.reasons);
    // As in HAProxy, a certificate stays known when it is in no list any more.
    for (const [file, kept] of removed) if (!this.#used.has(file)) this.#unused.set(file, kept);
    return [];
  }
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
