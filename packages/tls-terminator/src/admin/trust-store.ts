import { readPem } from '../certificate/pem.ts';
import type { TrustedFile } from '../model/served.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Replace } from './certificate-store.ts';
import { errorsOf } from './lines.ts';
import { otherFile, Transaction } from './transaction.ts';

export type TrustKind = TrustedFile['kind'];

const LABELS = { ca: 'CERTIFICATE', crl: 'X509 CRL' } as const;

/** The files that clients are verified with, as the control socket sees and changes them. */
export class TrustStore {
  readonly #replace: Replace;
  #used: readonly TrustedFile[] = [];
  readonly #transactions = { ca: new Transaction(), crl: new Transaction() };

  constructor(replace: Replace) {
    this.#replace = replace;
  }

  follow({ services }: Snapshot): void {
    const all = services.flatMap(({ tls }) => tls?.trusted ?? []);
    this.#used = [...new Map(all.map((each) => [`${each.kind} ${each.file}`, each])).values()];
  }

  of(kind: TrustKind): readonly TrustedFile[] {
    return this.#used.filter((each) => each.kind === kind);
  }

  prepared(kind: TrustKind): TrustedFile | undefined {
    const { file } = this.#transactions[kind];
    if (file === undefined) return undefined;
    return { kind, file, blocks: blocksOf(kind, this.#transactions[kind].textOf(file) ?? '') };
  }

  /** `*FILE` is what is being prepared. */
  find(kind: TrustKind, name: string): TrustedFile | undefined {
    const prepared = this.prepared(kind);
    if (name.startsWith('*')) return prepared?.file === name.slice(1) ? prepared : undefined;
    return this.of(kind).find(({ file }) => file === name);
  }

  /** Whether the change is new, or why it is refused. */
  prepare(
    kind: TrustKind,
    file: string,
    payload: string,
  ): { readonly created: boolean } | { readonly refused: string } {
    const ongoing = this.#transactions[kind].file;
    if (ongoing !== undefined && ongoing !== file) return { refused: otherFile(ongoing, file) };
    if (this.find(kind, file) === undefined)
      return { refused: `Can't replace a ${kind.toUpperCase()} file which is not referenced by the configuration!` };
    const blocks = blocksOf(kind, payload);
    if (blocks.length === 0) return { refused: 'Invalid payload' };
    return { created: this.#transactions[kind].set(file, blocks.join('')) };
  }

  /** What is wrong, one line each; empty when done. */
  async commit(kind: TrustKind, file: string): Promise<readonly string[]> {
    const transaction = this.#transactions[kind];
    const refusal = transaction.refusal(file);
    if (refusal !== undefined) return [refusal];
    const result = await this.#replace(file, transaction.textOf(file) ?? '');
    if (!result.applied) return errorsOf(result.reasons);
    transaction.end();
    return [];
  }

  abort(kind: TrustKind, file: string): string | undefined {
    const refusal = this.#transactions[kind].refusal(file);
    if (refusal === undefined) this.#transactions[kind].end();
    return refusal;
  }
}

function blocksOf(kind: TrustKind, text: string): readonly string[] {
  const { blocks, faults } = readPem(text);
  return faults.length > 0 ? [] : blocks.filter(({ label }) => label === LABELS[kind]).map((block) => block.text);
}
