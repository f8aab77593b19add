import { isCacheable } from '../backend/persistence/cacheable.ts';
import { NO_DATES } from '../backend/persistence/cookie-date.ts';
import { editCookieLine } from '../backend/persistence/cookie-line.ts';
import { readCookie } from '../backend/persistence/request-cookie.ts';
import type { CookieFinding } from '../backend/persistence/request-cookie.ts';
import { cookieToInsert, judgeSetCookie } from '../backend/persistence/response-cookie.ts';
import type { AnswerQuestion } from '../backend/persistence/response-cookie.ts';
import { isSocketIo, openingReader, sessionOf } from '../backend/persistence/socket-io.ts';
import { Sticking } from '../backend/persistence/stick.ts';
import { brokeredAddress, rdpCookie } from '../sample/rdp-cookie.ts';
import type { BackendState, Bound, ServerState } from '../model/backend.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { ResponseFacts } from '../model/facts.ts';
import type { CookieSeen, CookieSet, StickyCookie } from '../model/persistence.ts';
import type { Backend } from '../model/snapshot.ts';

const MEANINGS: Readonly<Record<CookieSeen, string>> = {
  N: 'none was sent',
  I: 'it names no server',
  D: 'its server is down',
  V: 'valid',
  E: 'expired (maxidle)',
  O: 'too old (maxlife)',
  U: 'not used',
};

/** How one request is bound to a server of its backend, and what its answer says so that the next one will be. */
export class Affinity {
  readonly #backend: BackendState;
  readonly #config: Backend;
  readonly #cookie: StickyCookie | undefined;
  readonly #finding: CookieFinding = { server: undefined, seen: 'N', dates: NO_DATES };
  readonly #rule: 'force' | 'ignore' | undefined;
  #chosen: ServerState | undefined = undefined;
  /** The rule that chose it. */
  #by: string | undefined = undefined;
  #set: CookieSet = 'N';
  readonly #sticking: Sticking | undefined;
  #asked = false;
  /** It opens a session, whose id the response holds. */
  #opens = false;

  /** `force-persist` and `ignore-persist` are judged now, before the rules of the backend. */
  constructor(backend: BackendState, config: Backend, on: Evaluation) {
    this.#backend = backend;
    this.#config = config;
    this.#cookie = config.persistence?.cookie;
    const { sticks = [], storeResponses = [] } = config.persistence ?? {};
    this.#sticking = sticks.length > 0 || storeResponses.length > 0 ? new Sticking() : undefined;
    this.#rule = config.persistence?.rules.find(({ when }) => when === undefined || when(on))?.kind;
  }

  /** The server this request goes to whatever `balance` says; undefined when any will do. */
  choose(on: Evaluation): Bound | undefined {
    this.#chosen = this.#useServer(on);
    this.readCookies(on);
    this.#chosen ??= this.#finding.server ?? this.#brokered(on);
    const stuck = this.#sticking?.match(this.#config.persistence?.sticks ?? [], this.#backend.servers, on, (server) =>
      this.#mayTake(server),
    );
    if (this.#chosen === undefined && stuck !== undefined) {
      this.#chosen = stuck.server;
      this.#by = stuck.rule.text;
    }
    this.#chosen ??= this.#learned(on);
    return this.#chosen === undefined ? undefined : { server: this.#chosen, forced: this.#rule === 'force' };
  }

  /** Reads the client's cookie, and takes it out of the request where it is no business of the server's. */
  readCookies(on: Evaluation): void {
    const cookie = this.#cookie;
    const { request, world } = on;
    const lines = cookie === undefined ? [] : request.header('cookie');
    if (cookie === undefined || lines.length === 0) return;
    const question = {
      servers: this.#backend.servers,
      evenDown: this.#evenDown,
      ignored: this.#rule === 'ignore' || this.#chosen !== undefined,
      now: secondsOf(world.now()),
    };
    const edited = lines.map((line) =>
      editCookieLine(line, cookie.name, (value) => readCookie(value, cookie, question, this.#finding)),
    );
    if (edited.every((line, index) => line === lines[index])) return;
    let at = 0;
    request.edit?.().replace('cookie', () => {
      const line = edited[at];
      at += 1;
      return line ?? null;
    });
  }

  /** The server a cookie or a rule named, for the log. */
  get named(): ServerState | undefined {
    return this.#chosen ?? this.#finding.server;
  }

  /** What was found and decided, for `explain`; undefined where nothing was. */
  describe(): string | undefined {
    if (this.#by !== undefined) return `server ${this.#chosen?.config.name} by ${this.#by}`;
    if (this.#cookie === undefined) return undefined;
    const named = this.#finding.server === undefined ? '' : `, server ${this.#finding.server.config.name}`;
    return `cookie ${this.#cookie.name}: ${MEANINGS[this.#finding.seen]}${named}`;
  }

  /** Whether answers are of interest. */
  get judgesAnswers(): boolean {
    return this.#cookie !== undefined || this.#sticking !== undefined;
  }

  /** Stores the keys of `stick` rules with the server that answered. */
  stuck(on: Evaluation, server: ServerState): void {
    this.#sticking?.store(this.#config.persistence?.storeResponses ?? [], on, server);
  }

  /** Edits a server's answer: its own cookie, and ours. `bound`: what `choose` chose still stands. */
  answered(on: Evaluation, response: ResponseFacts, server: ServerState, bound: boolean): void {
    const cookie = this.#cookie;
    if (cookie === undefined) return;
    const question: AnswerQuestion = {
      server: server.config.cookie,
      direct: bound,
      ignored: this.#rule === 'ignore',
      method: on.request.method,
      dates: this.#finding.dates,
      now: secondsOf(on.world.now()),
    };
    this.#passSetCookies(cookie, question, response);
    const inserted = cookieToInsert(cookie, question, this.#set === 'P');
    if (inserted === undefined) return;
    const edits = response.edit?.();
    const { status } = response;
    const cacheable = cookie.nocache && isCacheable(question.method, status, (name) => response.header(name));
    edits?.add('set-cookie', inserted);
    if (cacheable) edits?.add('cache-control', 'private');
    this.#set = question.direct && question.server !== undefined ? 'U' : 'I';
  }

  #passSetCookies(cookie: StickyCookie, question: AnswerQuestion, response: ResponseFacts): void {
    const fates = response.header('set-cookie').map((line) => judgeSetCookie(line, cookie, question));
    for (const { set } of fates) this.#set = set ?? this.#set;
    if (fates.every(({ value }) => value === undefined)) return;
    let at = 0;
    response.edit?.().replace('set-cookie', () => {
      const fate = fates[at];
      at += 1;
      return fate?.value;
    });
  }

  /** Writes the last two letters of the termination state (HAProxy manual §8.5), where the backend has a cookie to tell of. */
  conclude(record: { termination: string; readonly redispatched: boolean }): void {
    if (this.#cookie === undefined || (this.#cookie.mode === 'passive' && !this.#cookie.indirect)) return;
    const { seen } = this.#finding;
    record.termination = `${record.termination.slice(0, 2)}${seen === 'V' && record.redispatched ? 'D' : seen}${this.#set}`;
  }

  /** The server of the session that the request belongs to (`sticky socket.io`). */
  #learned({ request: { target } }: Evaluation): ServerState | undefined {
    const { sessions } = this.#config.persistence ?? {};
    if (sessions === undefined || !isSocketIo(target, sessions.path)) return undefined;
    const id = sessionOf(target);
    this.#opens = id === undefined;
    const name = id === undefined || this.#rule === 'ignore' ? undefined : this.#backend.sessions?.find(id);
    const server = this.#backend.servers.find(({ config }) => config.name === name);
    if (server === undefined || !this.#mayTake(server)) return undefined;
    this.#by = 'its session';
    return server;
  }

  /** Asks other workers, once, for a session that this one does not know: the response that opened it may have passed there a moment ago. */
  asking({ request: { target } }: Evaluation): Promise<void> | undefined {
    const { sessions } = this.#backend;
    const { path } = this.#config.persistence?.sessions ?? {};
    if (sessions?.ask === undefined || path === undefined || this.#asked || !isSocketIo(target, path)) return undefined;
    const id = sessionOf(target);
    if (id === undefined || sessions.find(id) !== undefined) return undefined;
    this.#asked = true;
    return sessions.ask(id);
  }

  /** Reads the session's id where a response opens one; undefined where there is nothing to read. */
  readsBody({ request }: Evaluation, status: number, server: ServerState): ((chunk: Buffer) => void) | undefined {
    const { sessions } = this.#backend;
    if (sessions === undefined || !this.#opens || status !== 200 || request.method !== 'GET') return undefined;
    return openingReader((id) => sessions.learn(id, server.config.name));
  }

  /** The server whose address is in the cookie of an RDP client. */
  #brokered({ payload }: Evaluation): ServerState | undefined {
    const name = this.#config.persistence?.rdpCookie;
    const cookie = name === undefined ? undefined : rdpCookie(payload?.text ?? '', name);
    const wanted = typeof cookie === 'string' ? brokeredAddress(cookie) : undefined;
    if (wanted === undefined) return undefined;
    const { host, port } = wanted;
    return this.#backend.servers.find((server) => {
      const { address } = server.config;
      return address.kind === 'tcp' && address.host === host && address.port === port && this.#mayTake(server);
    });
  }

  get #evenDown(): boolean {
    return this.#rule === 'force' || this.#config.persistDown;
  }

  #mayTake(server: ServerState): boolean {
    return !server.stopped || this.#evenDown;
  }

  #useServer(on: Evaluation): ServerState | undefined {
    for (const { when, server: named, made, text } of this.#config.persistence?.useServers ?? []) {
      if (when !== undefined && !when(on)) continue;
      const name = made?.(on) ?? named;
      const server = this.#backend.servers.find(({ config }) => config.name === name);
      // HAProxy: a name that was made and is none ends the list, a server that is down does not.
      if (server === undefined) return undefined;
      if (!this.#mayTake(server)) continue;
      this.#by = text;
      return server;
    }
    return undefined;
  }
}

function secondsOf(microseconds: number): number {
  return Math.floor(microseconds / 1e6);
}
