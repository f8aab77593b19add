/** The page itself: complete as it is delivered, kept up to date by its script where there is one. */
import { createHash } from 'node:crypto';
import type { StatsPage } from '../../model/service.ts';
import type { StatsEvent } from '../events.ts';
import type { CertificatesView, ProxyView, StatsView, TableView } from '../view.ts';
import { certificatesSection, certificatesShape } from './certificates.ts';
import { type Cell, CELLS, type CellName, type Line, linesOf, type Shown, type Tone } from './lines.ts';
import { markup, type Markup, NOTHING } from './markup.ts';
import { bytes, count, duration } from './numbers.ts';
import { actions, eventItem } from './parts.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { tablesSection } from './tables.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing comes from elsewhere, nothing is sent elsewhere, and no other script runs. */
export const POLICY = [
  "default-src 'none'",
  `script-src ${hash(SCRIPT)}`,
  `style-src ${hash(STYLE)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a page is made of. */
export interface Delivery {
  readonly page: StatsPage;
  readonly view: StatsView;
  readonly shown: Shown;
  readonly proxies: readonly ProxyView[];
  readonly tables: readonly TableView[];
  readonly certificates: CertificatesView | undefined;
  readonly events: readonly StatsEvent[];
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly node: string;
  /** With it the page may change servers: it goes into its forms. */
  readonly token: string | undefined;
  /** Flags that links and forms keep: `;up`, `;norefresh`. */
  readonly flags: string;
  readonly paused: boolean;
  /** Servers that are down are left out. */
  readonly hideDown: boolean;
  /** The result of the last action, if this is its answer. */
  readonly result: string | undefined;
}

const HEADINGS: Readonly<Record<CellName, string>> = {
  status: 'Status',
  queue: 'Queue',
  sessions: 'Sessions',
  rate: 'Rate',
  requests: 'Requests',
  responses: 'Responses',
  latency: 'Latency',
  traffic: 'Traffic',
  errors: 'Errors',
  check: 'Check',
};

const CHARTS = [
  ['requests', 'Requests'],
  ['traffic', 'Traffic'],
  ['latency', 'Latency'],
  ['errors', 'Errors (5xx)'],
  ['tunnels', 'Connections'],
] as const;

const RESULTS: Readonly<Record<string, readonly [tone: Tone, text: string]>> = {
  DONE: ['up', 'Done.'],
  NONE: ['calm', 'Nothing has changed.'],
  PART: ['warn', 'Some of it was done; the rest names servers that are not here.'],
  ERRP: ['down', 'The form could not be read.'],
  EXCD: ['down', 'The form was too large.'],
  DENY: ['down', 'Changes are not allowed here: see stats admin.'],
  UNKN: ['down', 'There is no such action.'],
};

/** The lines of a proxy that are delivered. */
export function shownLines(proxy: ProxyView, { shown, hideDown }: Delivery): readonly Line[] {
  return linesOf(proxy, shown).filter(({ kind, down }) => !(hideDown && kind === 'server' && down));
}

/** Changes when the page has other lines than before: then it has to be loaded again. */
export function shapeOf(delivery: Delivery): string {
  const { proxies, token, tables, certificates, date } = delivery;
  const names = proxies.map((proxy) => [
    proxy.name,
    ...shownLines(proxy, delivery).map(
      ({ kind, name, note, wish }) => `${kind} ${name} ${note ?? ''} ${token === undefined ? '' : wish}`,
    ),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([names, tables.map(({ name }) => name), certificatesShape(certificates, date)]))
    .digest('hex')
    .slice(0, 16);
}

/** The colour of a proxy's mark: that of its backend, or of its frontend. */
export function markOf(lines: readonly Line[]): Tone {
  const last = lines.findLast(({ kind }) => kind === 'backend' || kind === 'frontend');
  return last?.cells.status?.tone ?? 'calm';
}

export function facts({ view: { process, now } }: Delivery): Readonly<Record<string, string>> {
  return {
    Uptime: duration(now - process.started),
    Connections:
      process.maxconn > 0 ? `${count(process.current)} of ${count(process.maxconn)}` : count(process.current),
    'Connections/s': count(process.counters.connectionRate.read(now)),
    Requests: count(process.counters.requests),
    Sent: bytes(process.counters.bytesOut),
    Memory: bytes(process.memory),
    Reloads: `${count(process.reloads.done)}${process.reloads.failed > 0 ? `, ${count(process.reloads.failed)} refused` : ''}`,
    'Log lines lost': count(process.droppedLogs),
  };
}

export function renderPage(delivery: Delivery): string {
  const { page, view, proxies, flags, node, token, paused } = delivery;
  const title = `${page.proxy} – statistics`;
  const every = page.refresh || 2000;
  const lines = proxies.map((proxy) => shownLines(proxy, delivery));
  const document = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>@style@</style>
        ${page.refresh > 0 && !paused ? markup`<noscript><meta http-equiv="refresh" content="${Math.max(1, Math.round(page.refresh / 1000))}" /></noscript>` : NOTHING}
      </head>
      <body
        data-live="${`${page.uri};live${flags}`}"
        data-every="${every}"
        data-shape="${shapeOf(delivery)}"
        data-paused="${String(paused)}"
      >
        <header>
          <div class="top">
            <h1>Headgate statistics</h1>
            <span class="soft"
              >${[page.hideVersion ? '' : `version ${view.process.version}`, node, page.description ?? ''].filter((text) => text !== '').join(' · ')}</span
            >
            <span class="spring"></span>
            <span data-script hidden
              ><span id="live" class="tone calm">starting</span> <button type="button" id="pause">Pause</button></span
            >
          </div>
          ${resultNote(delivery)}
          ${view.process.stopping ? markup`<p class="note warn">This process is stopping: it finishes what is open and accepts nothing new.</p>` : NOTHING}
          <div class="facts">
            ${Object.entries(facts(delivery)).map(([name, text]) => markup`<div class="fact" data-fact="${name}"><small>${name}</small><b>${text}</b></div>`)}
          </div>
          <div class="charts" data-script hidden>${CHARTS.map(([name, heading]) => chart(name, heading))}</div>
          <div class="tools">
            <nav aria-label="Proxies">
              ${proxies.map(
                ({ name, id }, at) =>
                  markup`<a href="#p${id}"
                    ><span class="dot ${markOf(lines[at] ?? [])}" data-dot="${at}"></span>${name}</a
                  >`,
              )}
            </nav>
            <span data-script hidden
              ><button type="button" id="troubled" aria-pressed="false">Only troubled</button></span
            >
            <input
              type="search"
              id="filter"
              placeholder="Filter by name"
              aria-label="Filter by name"
              data-script
              hidden
            />
          </div>
        </header>
        <main>
          ${proxies.map((proxy, at) => section(proxy, lines[at] ?? [], at, delivery))}
          ${tablesSection(delivery.tables)} ${certificatesSection(delivery.certificates, delivery.date)}
          <section aria-labelledby="last">
            <div class="head"><h2 id="last">Last events</h2></div>
            <ol class="events" id="events">
              ${delivery.events.map((event) => eventItem(event, delivery.date))}
            </ol>
            <p class="head soft" id="no-events" ${delivery.events.length > 0 ? markup` hidden` : NOTHING}>
              Nothing has gone wrong so far.
            </p>
          </section>
        </main>
        <footer>
          <small
            >As data: ${['csv', 'json', 'typed'].map((form) => markup`<a href="${`${page.uri};${form}`}">${form}</a> `)}&middot;
            ${
              delivery.hideDown
                ? markup`<a href="${page.uri}">Show servers that are down</a>`
                : markup`<a href="${`${page.uri};up${flags}`}">Hide servers that are down</a>`
            }${token === undefined ? NOTHING : markup` &middot; Changes here last until the configuration says otherwise or the process ends.`}</small
          >
        </footer>
        <script>@script@</script>
      </body>
    </html>
`;
  // Last, so that nothing that is shown can stand for them.
  return splice(document.text);
}

function splice(text: string): string {
  const style = text.indexOf('@style@');
  const script = text.lastIndexOf('@script@');
  return `${text.slice(0, style)}${STYLE}${text.slice(style + 7, script)}${SCRIPT}${text.slice(script + 8)}`;
}

function resultNote({ result }: Delivery): Markup {
  if (result === undefined) return NOTHING;
  const [tone, text] = RESULTS[result] ?? ['down', 'There is no such result.'];
  return markup`<p class="note ${tone}" role="status">${text}</p>`;
}

function chart(name: string, heading: string): Markup {
  return markup`<div class="chart" data-chart="${name}">
    <h3>${heading} <b>&ndash;</b></h3>
    <svg viewBox="0 0 300 60" preserveAspectRatio="none" role="img" aria-label="${heading}, the last five minutes">
      <path class="area"></path>
      <path class="line"></path>
      <path class="line second"></path>
    </svg>
  </div>`;
}

function section(proxy: ProxyView, lines: readonly Line[], at: number, delivery: Delivery): Markup {
  const { name, id, frontend, backend } = proxy;
  const { description } = frontend?.config ?? backend?.config ?? {};
  const acts = delivery.token !== undefined && lines.some(({ kind }) => kind === 'server');
  const kind =
    frontend !== undefined && backend !== undefined
      ? 'frontend and backend'
      : frontend !== undefined
        ? 'frontend'
        : 'backend';
  return markup`<section id="p${id}" data-proxy="${name}">
    <div class="head">
      <span class="dot ${markOf(lines)}" data-dot="${at}"></span>
      <h2>${name}</h2>
      <span class="soft">${description === undefined ? kind : `${kind} · ${description}`}</span><span class="spring"></span
      ><svg
        class="spark"
        data-spark="${name}"
        viewBox="0 0 300 60"
        preserveAspectRatio="none"
        role="img"
        aria-label="requests per second of ${name}"
        data-script
        hidden
      >
        <path class="area"></path>
        <path class="line"></path>
      </svg>
    </div>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="name">Name</th>
            ${CELLS.map((cell) => markup`<th scope="col" class="${cell}">${HEADINGS[cell]}</th>`)}${acts ? markup`<th scope="col" class="actions">Actions</th>` : NOTHING}
          </tr>
        </thead>
        <tbody>
          ${lines.map((line) => row(line, acts, proxy, delivery))}
        </tbody>
      </table>
    </div>
  </section> `;
}

function row(line: Line, acts: boolean, proxy: ProxyView, delivery: Delivery): Markup {
  const { kind, name, note, cells } = line;
  const sum = kind === 'frontend' || kind === 'backend';
  const forms = { action: `${delivery.page.uri}${delivery.flags}`, token: delivery.token ?? '' };
  return markup`<tr${sum ? markup` class="sum"` : NOTHING} data-row="${name}"><th scope="row">${name}${note === undefined || note === '' ? NOTHING : markup`<small>${note}</small>`}</th>${CELLS.map((cell) => cellMarkup(cell, cells[cell]))}${acts ? markup`<td class="actions${kind === 'server' ? '' : ' empty'}" data-label="Actions">${kind === 'server' ? actions(line, proxy.name, forms) : NOTHING}</td>` : NOTHING}</tr>
`;
}

function cellMarkup(name: CellName, cell: Cell | undefined): Markup {
  if (cell === undefined) return markup`<td class="empty"></td>`;
  const { main, sub = [], tone } = cell;
  return markup`<td class="${name}" data-label="${HEADINGS[name]}"><b${tone === undefined ? NOTHING : markup` class="tone ${tone}"`}>${main}</b>${sub.map((text) => markup`<small>${text}</small>`)}</td>`;
}
