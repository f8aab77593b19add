import type { CertificateFacts, NamedCertificate } from '../model/snapshot.ts';
import type { Bundle } from './bundle.ts';
import { factsOf } from './facts.ts';
import type { Finding } from './finding.ts';
import { loadCertificate } from './load.ts';
import type { CertificateFiles } from './load.ts';
import { certificatePem } from './pem.ts';
import { readSmallFile, type ReadFile } from './read.ts';
import { Remembered, stateOf } from './remembered.ts';
import type { CertificateFile } from './sources.ts';
import { stapleSource } from './staple.ts';

type Pair = NamedCertificate['pairs'][number];

/** What was loaded for one name or one line of a list. */
export interface Stored {
  readonly pairs: readonly Pair[];
  /** What it is for when no names are given with it: its common name and its alternative names, as in HAProxy. */
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
}

/** Of this process: what a certificate holds depends on nothing but its files and the time. */
const remembered = new Remembered<Stored>();

/**
 * Reads and checks certificates, each file once. What is kept of one is text of a few kilobytes, and that of an issuer which many
 * share is kept once: ten thousand certificates are some tens of megabytes, and OpenSSL's structures are made when one is used.
 */
export class CertificateStore {
  readonly #now: Date;
  readonly #readFile: ReadFile;
  readonly #loaded = new Map<string, Promise<Stored>>();
  readonly #issuers = new Map<string, string>();

  constructor(now: Date, read: ReadFile = readSmallFile) {
    this.#now = now;
    this.#readFile = read;
  }

  /** One certificate, or one for each kind of key. `update`: its responder is asked for its status. A file of `files` that cannot be served is among the findings. */
  async load(files: readonly CertificateFile[], passFile: string | undefined, update: boolean): Promise<Stored> {
    const all = await Promise.all(files.map((file) => this.#one(file, passFile, update)));
    return {
      pairs: all.flatMap(({ pairs }) => pairs),
      names: [...new Set(all.flatMap(({ names }) => names))],
      findings: all.flatMap(({ findings }) => findings),
    };
  }

  #one(file: CertificateFile, passFile: string | undefined, update: boolean): Promise<Stored> {
    const id = JSON.stringify([file.cert, file.key, passFile, update]);
    const known = this.#loaded.get(id) ?? this.#find(id, { ...file, passFile }, update);
    this.#loaded.set(id, known);
    return known;
  }

  /** A load has ended: what it did not ask for is forgotten. */
  end(): void {
    remembered.turn();
  }

  async #find(id: string, wanted: CertificateFiles, update: boolean): Promise<Stored> {
    const { cert, key, passFile } = wanted;
    // Its status has a time of its own.
    const fixed = !update && 'error' in (await this.#readFile(`${cert}.ocsp`));
    const state = fixed ? await stateOf([cert, key, passFile], this.#readFile) : undefined;
    if (state === undefined) return (await this.#read(wanted, update)).stored;
    const known = remembered.find(id, state, this.#now);
    if (known !== undefined) return known;
    const { stored, chain } = await this.#read(wanted, update);
    if (chain !== undefined) remembered.keep(id, state, stored, chain, this.#now);
    return stored;
  }

  /** `chain`: undefined when it cannot be served. */
  async #read(
    wanted: CertificateFiles,
    update: boolean,
  ): Promise<{ readonly stored: Stored; readonly chain: Bundle['chain'] | undefined }> {
    const files = await withoutSpareKey(wanted, this.#readFile);
    const { bundle, findings } = await loadCertificate(files, this.#now, this.#readFile);
    if (bundle === undefined) return { stored: { pairs: [], names: [], findings }, chain: undefined };
    const staple = await stapleSource(bundle, update, this.#now, this.#readFile);
    const facts = factsOf(bundle);
    const pair = { keyPem: bundle.keyPem, certPem: this.#chain(bundle), facts, staple: staple.source };
    const all = [...findings, ...staple.findings];
    return { stored: { pairs: [pair], names: namesOf(bundle, facts), findings: all }, chain: bundle.chain };
  }

  /** The leaf, and behind it the text of its issuers that other certificates have too. */
  #chain({ chain: [leaf, ...issuers] }: Bundle): string {
    const behind = issuers.map(certificatePem).join('');
    const shared = this.#issuers.get(behind) ?? behind;
    this.#issuers.set(shared, shared);
    return certificatePem(leaf) + shared;
  }
}

/** HAProxy reads FILE.key only when FILE has no key. */
async function withoutSpareKey(files: CertificateFiles, read: ReadFile): Promise<CertificateFiles> {
  if (files.key !== `${files.cert}.key`) return files;
  const contents = await read(files.cert);
  return 'data' in contents && contents.data.includes('PRIVATE KEY-----') ? { ...files, key: undefined } : files;
}

function namesOf({ leaf }: Bundle, { names }: CertificateFacts): readonly string[] {
  const common = /(?:^|\n)CN=([^\n]+)/.exec(leaf.subject ?? '')?.[1]?.toLowerCase() ?? '';
  return [...new Set([...(/^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(common) ? [common] : []), ...names])];
}
