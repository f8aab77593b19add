/** What is answered to a request for the statistics page, in whatever form it asks for. */
import { errorAnswer } from '../http/error-answers.ts';
import type { Answer } from '../model/answer.ts';
import type { RequestFacts } from '../model/facts.ts';
import type { StatsPage } from '../model/service.ts';
import { carryOut, isCrossSite, type Operator, type Tokens } from './admin.ts';
import { toCsv } from './csv.ts';
import type { Events } from './events.ts';
import type { History } from './history.ts';
import { toJson } from './json.ts';
import { renderLive } from './page/live.ts';
import { POLICY, renderPage, type Delivery } from './page/page.ts';
import { rowsOf } from './rows.ts';
import { toTyped } from './typed.ts';
import type { ProxyView, StatsView } from './view.ts';

/** What pages are made with. */
export interface Desk {
  readonly view: StatsView;
  readonly history: History;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly operator: Operator;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What of a request a page depends on. */
export type PageFacts = Pick<RequestFacts, 'method' | 'target' | 'header'>;

export interface Asked {
  readonly request: PageFacts;
  /** `stats admin` lets it change servers. */
  readonly mayChange: boolean;
}

/** The page, its data, or the result of a change. `body`: of a POST; undefined when there is none or it is too large. */
export function answerStats(
  page: StatsPage,
  { request, mayChange }: Asked,
  body: Buffer | undefined,
  desk: Desk,
): Answer {
  const flags = flagsOf(request.target, page.uri);
  if (request.method === 'POST') return change(page, request, body, mayChange, flags, desk);
  const isShown = (where: string): boolean => inScope(where, page) && isAskedFor(where, flags);
  const shows = ({ name }: ProxyView): boolean => isShown(name);
  const rows = (): ReturnType<typeof rowsOf> => {
    const all = rowsOf(desk.view, { legends: page.legends, shows });
    return flags.up
      ? all.filter(({ kind, values }) => kind !== 'server' || !String(values['status']).startsWith('DOWN'))
      : all;
  };
  if (flags.csv) return plain('text/plain', toCsv(rows()));
  if (flags.typed) return plain('text/plain', toTyped(rows()));
  if (flags.json) return plain('application/json', toJson(rows()));
  const delivery: Delivery = {
    page,
    view: desk.view,
    shown: { now: desk.view.now, legends: page.legends, history: desk.history },
    proxies: desk.view.proxies.filter(shows),
    tables: desk.view.tables.filter(({ name }) => isShown(name)),
    events: desk.events.list.filter(({ where }) => isShown(where)),
    certificates: page.scope.length === 0 ? desk.view.certificates : undefined,
    date: desk.now,
    node: page.node === '' ? desk.view.process.hostname : (page.node ?? ''),
    token: mayChange ? desk.tokens.make(page.proxy, readerOf(request), desk.now) : undefined,
    flags: kept(flags),
    paused: flags.norefresh,
    hideDown: flags.up,
    result: flags.result,
  };
  if (flags.live) return plain('application/json', renderLive(delivery, desk.history.samples, flags.after));
  return {
    ...plain('text/html; charset=utf-8', renderPage(delivery)),
    headers: [
      ['cache-control', 'no-store'],
      ['content-type', 'text/html; charset=utf-8'],
      ['content-security-policy', POLICY],
      ['x-content-type-options', 'nosniff'],
      // Not `no-referrer`: a browser would then hide the origin of our own forms too.
      ['referrer-policy', 'same-origin'],
    ],
  };
}

interface Flags {
  readonly csv: boolean;
  readonly typed: boolean;
  readonly json: boolean;
  readonly live: boolean;
  readonly up: boolean;
  readonly norefresh: boolean;
  readonly after: number;
  readonly result: string | undefined;
  /** What the names of the proxies shown contain, in any case. */
  readonly scope: string | undefined;
}

/** `;scope=app`, also after `?` or `&`. A name has no other characters, and HAProxy reads no more of them either. */
const SCOPE = /[;?&]scope=([\w.:-]{1,20})/;

/** What follows the address of the page: `;csv`, `;json`, `;typed`, `;up`, `;norefresh`, `;st=DONE`, `;scope=TEXT`. */
function flagsOf(target: string, uri: string): Flags {
  const rest = target.slice(target.indexOf(uri) + uri.length);
  const words = rest.split(';').slice(1);
  const valueOf = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    csv: words.includes('csv'),
    typed: words.includes('typed'),
    json: words.includes('json'),
    live: words.includes('live'),
    up: words.includes('up'),
    norefresh: words.includes('norefresh'),
    after: Number(valueOf('after')) || 0,
    result: valueOf('st'),
    scope: SCOPE.exec(rest)?.[1],
  };
}

function kept({ up, norefresh, scope }: Flags): string {
  return `${up ? ';up' : ''}${norefresh ? ';norefresh' : ''}${scope === undefined ? '' : `;scope=${scope}`}`;
}

function isAskedFor(where: string, { scope = '' }: Flags): boolean {
  const [name = ''] = where.split('/');
  return name.toLowerCase().includes(scope.toLowerCase());
}

/** A POST: what it changes, then back to the page, as HAProxy does it. */
function change(
  page: StatsPage,
  request: PageFacts,
  body: Buffer | undefined,
  mayChange: boolean,
  flags: Flags,
  { view, tokens, operator, now }: Desk,
): Answer {
  const back = (outcome: string): Answer => ({
    status: 303,
    reason: 'See Other',
    headers: [
      ['cache-control', 'no-cache'],
      ['content-type', 'text/plain'],
      ['location', `${page.uri};st=${outcome}${kept(flags)}`],
    ],
    body: '',
    close: false,
  });
  if (!mayChange) return back('DENY');
  if (isCrossSite(request)) return refused('The request came from another site.');
  if (body === undefined) return back('EXCD');
  const [type = ''] = request.header('content-type');
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return back('ERRP');
  const form = new URLSearchParams(body.toString('utf8'));
  if (!tokens.isGood(form.get('token') ?? '', page.proxy, readerOf(request), now))
    return refused('The token of the form is missing or too old: load the page again.');
  const backends = view.proxies.filter(({ name }) => inScope(name, page)).flatMap(({ backend }) => backend ?? []);
  return back(carryOut(form, backends, operator));
}

function refused(why: string): Answer {
  const page = errorAnswer(403);
  return { ...page, body: String(page.body).replace('Request forbidden by administrative rules.', why) };
}

function readerOf(request: PageFacts): string {
  return request.header('authorization').join('\n');
}

/** `.` stands for the proxy that the `stats` lines appear in. `where` may name a server: `app/s1`. */
function inScope(where: string, { scope, proxy }: StatsPage): boolean {
  const [name = ''] = where.split('/');
  return scope.length === 0 || scope.some((one) => (one === '.' ? proxy : one) === name);
}

function plain(type: string, body: string): Answer {
  return {
    status: 200,
    reason: 'OK',
    headers: [
      ['cache-control', 'no-cache'],
      ['content-type', type],
    ],
    body,
    close: false,
  };
}
