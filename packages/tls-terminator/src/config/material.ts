import { isAbsolute, join } from 'node:path';
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { readCrtList, readCrtListLine } from '../certificate/crt-list.ts';
import type { CrtListLine } from '../certificate/crt-list.ts';
import { temporaryCertificate } from '../acme/temporary.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { Breather } from '@headgate/shared/process/breather';
import type { Reads } from '@headgate/shared/process/reads';
import type { Finding } from '../certificate/finding.ts';
import { loadPreSharedKeys } from '../certificate/psk.ts';
import { readSmallFile, type ReadFile } from '../certificate/read.ts';
import type { CertificateList, TicketFile } from '../model/served.ts';
import { certificateList, directoryList } from './lists.ts';
import { certificatesAt, isDirectory, type CertificateFile } from '../certificate/sources.ts';
import { CertificateStore } from '../certificate/store.ts';
import type { Stored } from '../certificate/store.ts';
import { loadTicketKeys } from '../certificate/ticket-keys.ts';
import { SYSTEM, loadTrust } from '../certificate/trust.ts';
import type { Trust } from '../certificate/trust.ts';
import { readAcme } from './acme-files.ts';
import { FindingReport } from './finding-report.ts';
import { serviceDirectives } from './directives.ts';
import { copyServiceDraft } from './draft.ts';
import type { FileOption, ServiceDraft } from './draft.ts';

/** What the files of one service hold, read and checked. */
export interface Material {
  /** The certificate for every name that has none of its own; undefined: there is none that can be served. */
  readonly certificate: Stored | undefined;
  readonly named: readonly {
    readonly stored: Stored;
    /** What the line of its list said; empty: the names of the certificate. */
    readonly filters: readonly string[];
    /** 0, or 1 + the index in `variants`. */
    readonly variant: number;
  }[];
  readonly variants: readonly { readonly draft: ServiceDraft; readonly trust: Trust }[];
  readonly trust: Trust;
  readonly preSharedKeys: ReadonlyMap<string, Buffer>;
  /** The certificates that are obtained and renewed. */
  readonly acme: readonly AcmeCertificate[];
  readonly lists: readonly CertificateList[];
  /** The one in use first. */
  readonly ticketKeys: readonly Buffer[];
  readonly ticketFile: TicketFile | undefined;
}

const options = new Map(Object.entries(serviceDirectives));
const NO_TRUST: Trust = { authorities: [], revoked: [], pins: new Set(), files: [], findings: [] };

/** Reads the files that services name. Services often share them: each is read once, and what is wrong with it is said once. */
export class MaterialReader {
  /** Every file that was read. */
  readonly files = new Set<string>();
  readonly #reads: Reads;
  readonly #problems: Problems;
  readonly #now: Date;
  readonly #store: CertificateStore;
  readonly #trusts = new Map<string, Trust>();
  readonly #report: FindingReport;
  readonly #breather = new Breather();

  constructor(reads: Reads, now: Date, problems: Problems) {
    this.#reads = reads;
    this.#problems = problems;
    this.#report = new FindingReport(problems);
    this.#now = now;
    this.#store = new CertificateStore(now, this.#readFile);
  }

  /** What an operator has put in the place of a file. */
  #standing(path: string): string | undefined {
    return this.#reads.standing(path) || undefined;
  }

  /** From the disk, unless an operator has put a text in its place. */
  readonly #readFile: ReadFile = async (path) => {
    const text = this.#standing(path);
    return text === undefined ? readSmallFile(path) : { data: Buffer.from(text), worldAccessible: false };
  };

  /** All services have been read. */
  end(): void {
    this.#report.end();
    this.#store.end();
  }

  async read(draft: ServiceDraft): Promise<Material> {
    const lists: CertificateList[] = [];
    const own = await this.#default(draft);
    const named: Material['named'][number][] = [];
    const variants: Material['variants'][number][] = [];
    const byText = new Map<string, number>();
    for (const written of await this.#lines(draft, lists)) {
      const line = { ...written, file: based(draft.crtBase, written.file) };
      const key = line.key === undefined ? undefined : based(draft.crtBase, line.key);
      const variant = await this.#variant(line, draft, variants, byText);
      const bundles = certificatesAt(line.file, (path) => this.#standing(path) !== undefined);
      this.#reads.note(line.file);
      if (bundles === undefined) this.#problems.error(line.at, `${line.file}: there is no certificate of that name`);
      for (const bundle of bundles ?? []) {
        const files = key === undefined ? bundle : bundle.map((file) => ({ ...file, key }));
        const stored = await this.#load(files, variants[variant - 1]?.draft ?? draft);
        this.#report.add(stored.findings, [{ option: 'crt', path: line.file, at: line.at }]);
        if (stored.pairs.length > 0) named.push({ stored, filters: line.filters, variant });
      }
      if (bundles !== undefined && isDirectory(line.file)) lists.push(directoryList(line.file, bundles));
    }
    const acme = draft.client ? [] : await this.#acme(draft);
    for (const certificate of acme)
      named.push({ stored: await this.#kept(certificate, draft), filters: certificate.names, variant: 0 });
    const [first] = named;
    this.#note(draft.pskSecrets);
    const secrets = draft.pskSecrets === undefined ? undefined : await loadPreSharedKeys(draft.pskSecrets.path);
    this.#reportOf(secrets?.findings, draft.pskSecrets);
    this.#note(draft.ticketKeyFile);
    const tickets =
      draft.ticketKeyFile === undefined ? undefined : await loadTicketKeys(draft.ticketKeyFile.path, this.#readFile);
    this.#reportOf(tickets?.findings, draft.ticketKeyFile);
    return {
      certificate: own ?? (draft.cert === undefined ? first?.stored : undefined),
      named,
      variants,
      acme,
      lists,
      trust: await this.#trust(draft),
      preSharedKeys: secrets?.keys ?? new Map(),
      ticketKeys: tickets?.keys ?? [],
      ticketFile: tickets?.file,
    };
  }

  async #default(draft: ServiceDraft): Promise<Stored | undefined> {
    const { keyPassFile, crtBase } = draft;
    const [cert, key] = [inFolder(crtBase, draft.cert), inFolder(crtBase, draft.key)];
    if (cert === undefined) return undefined;
    const stored = await this.#load([{ cert: cert.path, key: key?.path }], draft);
    this.#report.add(
      stored.findings,
      [keyPassFile, key, cert].flatMap((file) => file ?? []),
    );
    return stored.pairs.length === 0 ? undefined : stored;
  }

  #acme(draft: ServiceDraft): Promise<readonly AcmeCertificate[]> {
    return readAcme(draft, {
      note: (file) => this.#note(file),
      report: (findings, file) => this.#reportOf(findings, file),
      problems: this.#problems,
    });
  }

  /** What the authority has issued; before that, or when it is damaged, a certificate that no client trusts. */
  async #kept({ at, file, names, initial }: AcmeCertificate, { ocspUpdate }: ServiceDraft): Promise<Stored> {
    const stored = await this.#load([{ cert: file, key: undefined }], { keyPassFile: undefined, ocspUpdate });
    if (stored.pairs.length > 0) {
      this.#report.add(stored.findings, [{ option: 'acmeNames', path: file, at }]);
      return stored;
    }
    if (initial !== undefined) {
      this.#reads.note(initial);
      const [first = []] = certificatesAt(initial, (path) => this.#standing(path) !== undefined) ?? [];
      const before = first.length === 0 ? undefined : await this.#load(first, { keyPassFile: undefined, ocspUpdate });
      this.#report.add(before?.findings ?? [], [{ option: 'acmeInitial', path: initial, at }]);
      if (before !== undefined && before.pairs.length > 0) return before;
    }
    this.#problems.warning(
      at,
      `there is no certificate for ${names.join(', ')} yet: clients get a temporary one until it is issued`,
    );
    return temporaryCertificate(names, file, this.#now);
  }

  async #load(
    files: readonly CertificateFile[],
    { keyPassFile, ocspUpdate }: Pick<ServiceDraft, 'keyPassFile' | 'ocspUpdate'>,
  ): Promise<Stored> {
    for (const { cert, key } of files) {
      for (const file of [cert, key, keyPassFile?.path]) this.#seen(file);
      // They may appear later.
      this.#reads.note(`${cert}.ocsp`);
    }
    await this.#breather.breathe();
    return this.#store.load(files, keyPassFile?.path, ocspUpdate);
  }

  /** Everything that `crt`, `crtList` and `certificate` say, as lines of a list. */
  async #lines({ moreCertificates }: ServiceDraft, lists: CertificateList[]): Promise<readonly CrtListLine[]> {
    const lines: CrtListLine[] = [];
    for (const { kind, value } of moreCertificates) {
      if (kind === 'crt') lines.push({ at: value.at, file: value.text, brackets: '', options: [], filters: [] });
      else if (kind === 'line') lines.push(...[readCrtListLine(value, this.#problems)].flatMap((line) => line ?? []));
      else lines.push(...(await this.#list(value, lists)));
    }
    return lines;
  }

  async #list({ text: file, at }: Word, lists: CertificateList[]): Promise<readonly CrtListLine[]> {
    this.#seen(file);
    const contents = await this.#readFile(file);
    if ('error' in contents) {
      this.#problems.error(at, `crtList: ${file} cannot be read: ${contents.error}`);
      return [];
    }
    const text = contents.data.toString('utf8');
    const lines = readCrtList(text, file, this.#problems);
    lists.push(certificateList(file, text, lines));
    return lines;
  }

  /** The settings of a line: those of the service, or others, which lines with the same options share. */
  async #variant(
    line: CrtListLine,
    draft: ServiceDraft,
    variants: Material['variants'][number][],
    byText: Map<string, number>,
  ): Promise<number> {
    if (line.options.length === 0) return 0;
    const text = JSON.stringify(line.options.map(({ name, value }) => [name, value.text]));
    const known = byText.get(text);
    if (known !== undefined) return known;
    const own = copyServiceDraft(draft);
    for (const { name, value } of line.options) {
      const directive = options.get(name);
      if (directive === undefined)
        this.#problems.error(value.at, `there is no option '${name}'`, nearest(name, [...options.keys()]));
      else directive.apply(value, own, this.#problems);
    }
    variants.push({ draft: own, trust: await this.#trust(own) });
    byText.set(text, variants.length);
    return variants.length;
  }

  async #trust({ trust, verification, caBase }: ServiceDraft): Promise<Trust> {
    const caFile = inFolder(caBase, trust.caFile);
    const caPath = inFolder(caBase, trust.caPath);
    const caVerifyFile = inFolder(caBase, trust.caVerifyFile);
    const crlFile = inFolder(caBase, trust.crlFile);
    const crlPath = inFolder(caBase, trust.crlPath);
    // stunnel reads them even where nothing is verified; a file that is missing there is no reason not to start.
    if (!verification.chain && !verification.peer && !verification.request) return NO_TRUST;
    const paths = {
      caFile: caFile?.path,
      caPath: caPath?.path,
      caVerifyFile: caVerifyFile?.path,
      crlFile: crlFile?.path,
      crlPath: crlPath?.path,
    };
    const id = JSON.stringify(paths);
    for (const path of Object.values(paths)) if (path !== undefined) this.#reads.note(path);
    const known = this.#trusts.get(id) ?? (await loadTrust(paths, this.#readFile));
    this.#trusts.set(id, known);
    for (const { file } of known.files) this.#seen(file);
    this.#report.add(
      known.findings,
      [caFile, caPath, caVerifyFile, crlFile, crlPath].flatMap((file) => file ?? []),
    );
    return known;
  }

  #note(option: FileOption | undefined): void {
    this.#seen(option?.path);
  }

  #seen(file: string | undefined): void {
    if (file === undefined) return;
    this.#reads.note(file);
    this.files.add(file);
  }

  #reportOf(findings: readonly Finding[] | undefined, option: FileOption | undefined): void {
    if (option !== undefined) this.#report.add(findings ?? [], [option]);
  }
}

/** A relative name of a file, in the folder given for them. */
function based(folder: string, path: string): string {
  return folder === '' || isAbsolute(path) || path === SYSTEM ? path : join(folder, path);
}

function inFolder(folder: string, option: FileOption | undefined): FileOption | undefined {
  return option === undefined ? undefined : { ...option, path: based(folder, option.path) };
}
