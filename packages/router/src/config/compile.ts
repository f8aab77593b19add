/** From sections to the snapshot. One long class: each kind of section fills the same state, which the last step reads. */
import { dirname, resolve } from 'node:path';
import { Problems, inOrder } from '@headgate/shared/config/problem';
import type { Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Loaded } from '@headgate/shared/process/product';
import { AclScope } from '../acl/scope.ts';
import { applyGlobal, applyProxy } from './apply.ts';
import { readBinds } from './bind.ts';
import { Cursor } from '@headgate/shared/config/cursor';
import { explainShortage, planConnections } from './descriptors.ts';
import { holders } from './holders.ts';
import { addDispatch } from './dispatch.ts';
import type { CompileIo, Context } from './directive.ts';
import { editedFiles, warnOfUnread } from './edited-files.ts';
import { isControlled, namesIn } from './survey.ts';
import { editedLists, type EditedLists } from '../sample/edited-lists.ts';
import { DefaultsRules } from './defaults-rules.ts';
import { DefaultsSections, type Defaults } from './defaults-sections.ts';
import { emptySettings, inherit } from './draft.ts';
import { hasBackend, hasFrontend, isProxy } from './proxy-kind.ts';
import type { CaptureDraft, DefaultPath, ProxyDraft } from './draft.ts';
import type { ProxyKind } from './proxy-kind.ts';
import { withCertificates } from './certificates.ts';
import { compileHttpErrors, type ErrorFiles } from './http-errors.ts';
import { jsonPlaces, withJsonEvents } from './json-events.ts';
import { metricsSection } from './metrics.ts';
import { resolveProxies } from './resolve-proxies.ts';
import { keepRequest } from './check/http.ts';
import { checkName } from './names.ts';
import { newDraft } from './new-draft.ts';
import { withFullconn } from './fullconn.ts';
import { checkProxies } from './check-proxies.ts';
import { resolveControl, resolveGlobal, resolveProcess } from './resolve.ts';
import { compilePeers } from './peers.ts';
import { ResolversSections } from './resolvers-sections.ts';
import { terminatorOf } from './terminator-place.ts';
import { followMode, implyMode } from './tcp-mode.ts';
import { TableReferences } from './table-references.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ProxyNames } from '../sample/arguments.ts';
import { PatternLists } from '../sample/pattern-lists.ts';
import type { UserList } from '../model/user-list.ts';
import { UserLists } from './user-lists.ts';
import { SectionLines } from './section-lines.ts';
import { readsLoad, workersOf } from './workers.ts';
import { isIdleSection, readIdleSection } from './idle/sections.ts';
import { SECTIONS_NOT_YET, notSupported } from '../model/vocabulary.ts';

const MIN_HEAD = 1024;
const ORIGINS: ReadonlySet<string> = new Set(['current', 'config', 'parent', 'origin']);
/** Sections that are read before those that name them. */
const LISTS = ['userlist', 'http-errors', 'resolvers'];

/**
 * Compiles a configuration into a snapshot: pure except for reading the files it names. All problems, including those of parsing,
 * are reported together; there is a snapshot when none of them is an error.
 */
export function compile(raw: RawConfig, io: CompileIo, read: Problems = new Problems()): Loaded<Snapshot> {
  if (raw.sections.length === 0 && read.hasErrors) return { snapshot: undefined, problems: inOrder(read.list) };
  const { sections, certificates } = withCertificates(raw, io, read);
  const all: RawConfig = { ...raw, sections };
  const compiler = new Compiler(io, read, namesIn(all), all);
  // Rules may name lists that follow them.
  for (const section of sections) if (section.kind === 'global') compiler.paths(section);
  const lines = new SectionLines(sections);
  for (const section of sections) {
    lines.check(section, read);
    compiler.list(section);
  }
  for (const section of sections) compiler.section(section);
  const start = raw.sections[0]?.at ?? read.list[0]?.at ?? { file: 'configuration', line: 1, column: 1 };
  return compiler.finish(all, certificates, start);
}

class Compiler {
  readonly #problems: Problems;
  readonly #context: Context;
  readonly #proxies: ProxyDraft[] = [];
  readonly #defaults: DefaultsSections;
  /** The file that the section read now is in. */
  #file = '';
  readonly #names: Omit<ProxyNames, 'proxy'>;
  readonly #errorFiles = new Map<string, ErrorFiles>();
  readonly #userLists = new UserLists();
  readonly #tables = new TableReferences();
  /** Undefined where no control socket can ask for them. */
  readonly #lists: PatternLists | undefined;
  /** The files that rules edit. */
  readonly #edited: ReturnType<typeof editedFiles>;
  readonly #editedLists: EditedLists;

  readonly #resolvers: ResolversSections;

  constructor(io: CompileIo, problems: Problems, names: Omit<ProxyNames, 'proxy'>, raw: RawConfig) {
    this.#resolvers = new ResolversSections(raw.sections);
    this.#defaults = new DefaultsSections(problems);
    this.#names = names;
    const standing = (key: string): string | undefined => io.standing?.(key);
    this.#lists = isControlled(raw) ? new PatternLists((path) => this.#resolve(path), standing) : undefined;
    this.#problems = problems;
    const errorFiles = (name: Word): ErrorFiles | undefined => this.#pages(name);
    const found: CompileIo = {
      ...io,
      readFile: (path, encoding) => io.readFile(this.#resolve(path), encoding),
      folder: (path) => io.folder?.(this.#resolve(path)),
    };
    this.#edited = editedFiles(raw);
    const kinds = new Map([...this.#edited].map(([file, { kind }]) => [file, kind]));
    this.#editedLists = editedLists(kinds, (path) => found.readFile(path));
    this.#context = {
      problems,
      io: found,
      global: { log: [], metrics: [] },
      errorFiles,
      onDuration: io.onDuration,
      onInteger: io.onInteger,
    };
  }

  /** `default-path`, which holds for all files that are named. */
  paths({ statements }: Section): void {
    for (const { words } of statements) {
      const [keyword, from, folder] = words.map(({ text }) => text);
      if (keyword === 'default-path' && ORIGINS.has(from ?? ''))
        this.#context.global.defaultPath = { from: from as DefaultPath['from'], folder: folder ?? '' };
    }
  }

  /** A section that others name: `userlist`, `http-errors`, `resolvers`. */
  list(section: Section): void {
    this.#file = section.at.file;
    if (section.kind === 'userlist') this.#userLists.add(section, this.#in(section));
    else if (section.kind === 'resolvers') this.#resolvers.add(section, this.#in(section));
    else if (section.kind === 'http-errors')
      this.#errorFiles.set(section.name?.text ?? '', compileHttpErrors(section, this.#in(section)));
  }

  #resolve(path: string): string {
    const { defaultPath } = this.#context.global;
    if (defaultPath === undefined || defaultPath.from === 'current') return path;
    const folder = dirname(this.#file);
    const { from, folder: origin } = defaultPath;
    return resolve(from === 'origin' ? origin : from === 'parent' ? dirname(resolve(folder)) : folder, path);
  }

  #pages({ text, at }: Word): ErrorFiles | undefined {
    const found = this.#errorFiles.get(text);
    if (found === undefined)
      this.#problems.error(at, `there is no http-errors section '${text}'`, nearest(text, this.#errorFiles.keys()));
    return found;
  }

  section(section: Section): void {
    this.#file = section.at.file;
    const { kind, at } = section;
    if (kind === 'global') {
      for (const statement of section.statements) applyGlobal(statement, this.#in(section));
    } else if (kind === 'defaults') {
      const from = this.#defaults.namedBy(section);
      const draft = this.#draft(kind, section, from);
      const rules = new DefaultsRules(section, this.#problems);
      from?.rules.check(kind, at, this.#problems);
      this.#statements(section, draft, rules.settings);
      this.#defaults.add({ section, settings: draft.settings, rules });
    } else if (isProxy(kind)) this.#proxy(kind, section);
    else if (kind === 'peers') this.#tables.add(compilePeers(section, this.#in(section)));
    else if (LISTS.includes(kind)) return;
    else if (isIdleSection(kind)) readIdleSection(section, this.#in(section));
    else if (SECTIONS_NOT_YET.includes(kind)) this.#problems.error(at, notSupported(`section ${kind}`));
    else
      this.#problems.error(
        at,
        `unknown section '${kind}'`,
        nearest(kind, ['global', 'defaults', 'frontend', 'backend', 'listen', 'peers', ...LISTS]),
      );
  }

  finish(raw: RawConfig, certificates: Snapshot['certificates'], start: Position): Loaded<Snapshot> {
    const problems = this.#problems;
    const { global, io } = this.#context;
    this.#metrics();
    this.#unusedRules();
    const resolvers = this.#resolvers.check(this.#proxies, this.#context);
    for (const draft of this.#proxies) addDispatch(draft, problems);
    checkProxies(this.#proxies, problems);
    warnOfUnread(this.#edited, this.#editedLists, problems);
    const tables = this.#tables.check(this.#proxies, problems);
    const { fronts, backs } = resolveProxies(this.#proxies, global, start, problems);
    const places = jsonPlaces(fronts);
    const connections = planConnections(io.limits ?? '', holders(fronts, backs), global.maxconn);
    const shortage = explainShortage(connections);
    if (shortage !== undefined) problems.warning(start, shortage);
    const resolved = resolveGlobal(global, connections, terminatorOf(global, fronts, io));
    const { maxHeadBytes: head } = resolved;
    if (head < MIN_HEAD)
      problems.error(start, `tune.bufsize - tune.maxrewrite leaves ${head} bytes for a head; the least is ${MIN_HEAD}`);
    const { processors = 1, privateSocket } = io;
    const wanted = { frontends: fronts, backends: backs, processors, half: privateSocket !== undefined };
    const workers = workersOf(global, wanted, problems);
    const sorted = inOrder(problems.list);
    const process = resolveProcess(global, workers);
    io.onTerminated?.({ frontends: fronts, process, certificates, global: resolved });
    if (problems.hasErrors) return { snapshot: undefined, problems: sorted };
    const snapshot: Snapshot = {
      process,
      global: { ...resolved, readsLoad: readsLoad(raw) },
      control: resolveControl(global),
      frontends: fronts.map((frontend) => withJsonEvents(frontend, places)),
      backends: new Map(
        backs.map((backend) => [backend.name, withJsonEvents(withFullconn(backend, fronts, resolved.maxconn), places)]),
      ),
      tables,
      lists: this.#lists?.finish(),
      edited: this.#editedLists.all,
      resolvers,
      certificates,
    };
    return { snapshot, problems: sorted };
  }

  #metrics(): void {
    const section = metricsSection(this.#context.global.metrics);
    if (section === undefined) return;
    const draft = this.#draft('frontend', section);
    this.#statements(section, draft);
    this.#proxies.push(draft);
  }

  #proxy(kind: Exclude<ProxyKind, 'defaults'>, section: Section): void {
    if (section.name === undefined) {
      this.#problems.error(section.at, `a ${kind} needs a name`);
      return;
    }
    checkName(kind, section.name, this.#problems);
    const defaults = this.#defaults.of(section);
    const draft = this.#draft(kind, section, defaults);
    this.#legacyAddress(section, draft);
    defaults?.rules.check(kind, draft.at, this.#problems);
    implyMode(section, draft, this.#problems);
    this.#inherited(section, draft, defaults?.rules.for(kind) ?? []);
    const idle = defaults?.rules.idle(kind) ?? [];
    if (idle.length > 0) this.#statements(section, this.#draft('backend', section, defaults), idle);
    const inherited = draft.settings.httpCheck;
    this.#statements(section, draft);
    keepRequest(inherited, draft, this.#problems);
    this.#proxies.push(draft);
  }

  #draft(kind: ProxyKind, section: Section, defaults?: Defaults): ProxyDraft {
    const name = section.name?.text ?? '';
    const settings = defaults === undefined ? emptySettings() : inherit(defaults.settings);
    const captures: CaptureDraft = { request: [], response: [], wanted: [], cookie: undefined };
    const scope = this.#scope(kind, name, captures);
    return newDraft(kind, section, settings, scope, captures);
  }

  #scope(kind: ProxyKind, name: string, captures: CaptureDraft, tables = this.#tables.namesFor(name)): AclScope {
    const userList = (list: string): UserList | undefined => this.#userLists.get(list);
    const { io } = this.#context;
    return new AclScope(
      this.#problems,
      {
        readFile: (path, encoding) => io.readFile(path, encoding),
        environment: io.environment,
        userList,
        lists: this.#lists,
      },
      {
        proxy: name,
        names: { ...this.#names, proxy: name },
        captures: hasFrontend(kind) ? captures : undefined,
        hasServers: hasBackend(kind),
        tables,
        edited: this.#editedLists,
        errorFiles: this.#context.errorFiles,
      },
    );
  }

  #statements(section: Section, draft: ProxyDraft, statements = section.statements): void {
    const context = this.#in(section);
    followMode(section, draft);
    for (const statement of statements) applyProxy(statement, draft, context);
  }

  /** The rules of its `defaults` become the first of a proxy; the acls that they name are theirs alone. */
  #inherited(section: Section, draft: ProxyDraft, statements: readonly Statement[]): void {
    if (statements.length === 0) return;
    const tables = this.#tables.namesInDefaults();
    const scope = this.#scope(draft.kind, draft.name, draft.captures, tables);
    this.#statements(section, { ...draft, scope }, statements);
  }

  /** Mistakes in rules of `defaults` that no proxy uses are mistakes too. A `listen` may have all rules. */
  #unusedRules(): void {
    for (const defaults of this.#defaults.unused()) {
      const draft = this.#draft('listen', defaults.section, defaults);
      implyMode(defaults.section, draft, this.#problems);
      this.#inherited(defaults.section, draft, defaults.rules.statements);
    }
  }

  #in({ dialect }: Section): Context {
    return dialect === undefined ? this.#context : { ...this.#context, dialect };
  }

  /** `frontend all 0.0.0.0:80`: the bind syntax of HAProxy 1.4, followed by its parameters. */
  #legacyAddress(section: Section, draft: ProxyDraft): void {
    const [address, ...parameters] = section.rest;
    if (address === undefined || address.text === 'from') return;
    if (draft.kind === 'backend')
      this.#problems.error(address.at, `unexpected '${address.text}' after the name of the backend`);
    else {
      const cursor = new Cursor({ words: [address, ...parameters] }, 1, this.#context);
      draft.binds.push(...readBinds(address, cursor, draft.name, this.#context));
    }
  }
}
