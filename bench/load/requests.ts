/**
 * The kind of requests of a case. Those of `browser`, `api` and `bare` (only a Host) differ from one to the
 * next; `repeated` is one bare head repeated; `irrelevant`: parsing heads is not what is measured.
 */
export type Requests = 'browser' | 'api' | 'bare' | 'repeated' | 'irrelevant';

export interface RequestOptions {
  /** A fixed path with special handling at the origin: then only the query differs. */
  readonly path?: string;
  /** Bytes of a body that each request carries, as POST. */
  readonly upload?: number;
  /** Every host gets the same number of requests. */
  readonly hosts?: readonly string[];
  readonly count?: number;
}

/** A prime: however many connections take turns, none of them sends the same request again soon. */
const COUNT = 997;
export const HOST = 'dev-coltrane01';

/** Differing requests in a shuffled order, the same for every contender and every run. */
export function requests(kind: Exclude<Requests, 'irrelevant'>, options: RequestOptions = {}): readonly string[] {
  const { path, upload, hosts = [HOST], count = COUNT } = options;
  if (kind === 'repeated') return [bare({ host: HOST, target: path ?? '/' })];
  const random = randomFrom(20_261_126);
  const all = Array.from({ length: count }, (_, index) => {
    const host = hosts[index % hosts.length] ?? HOST;
    return HEADS[kind]({ host, target: target(path, random), random, upload });
  });
  return shuffle(all, random);
}

interface Wanted {
  readonly host: string;
  readonly target: string;
  readonly random: Random;
  readonly upload: number | undefined;
}

const HEADS = { browser, api, bare } as const;
const SECTIONS = ['articles', 'people', 'orders', 'images', 'search', 'calendar'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
];

function target(path: string | undefined, random: Random): string {
  const query = `page=${random(40)}&sort=newest&ref=${hex(random, 8)}`;
  return path === undefined ? `/${pick(SECTIONS, random)}/${random(1e6)}/view?${query}` : `${path}?${query}`;
}

/** About 500 bytes, as a browser sends them: session cookie, page it comes from, languages. */
function browser({ host, target: to, random, upload }: Wanted): string {
  const lines = [
    `Host: ${host}`,
    `User-Agent: ${pick(AGENTS, random)}`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-GB,en;q=0.8,de;q=0.5',
    'Accept-Encoding: gzip, deflate, br',
    'Connection: keep-alive',
    `Referer: https://${host}/${pick(SECTIONS, random)}/${random(1e6)}`,
    `Cookie: session=${hex(random, 32)}; theme=dark; seen=${random(1e6)}`,
    ...(upload === undefined ? [] : ['Content-Type: application/octet-stream']),
  ];
  return request(to, lines, upload === undefined ? undefined : 'x'.repeat(upload));
}

/** A program's call: a bearer token; one in three posts a small JSON document. */
function api({ host, target: to, random }: Wanted): string {
  const posts = random(3) === 0;
  const lines = [
    `Host: ${host}`,
    'User-Agent: coltrane-client/2.4 (node)',
    'Accept: application/json',
    `Authorization: Bearer ${hex(random, 64)}`,
    `X-Request-Id: ${hex(random, 32)}`,
    ...(posts ? ['Content-Type: application/json'] : []),
  ];
  const body = JSON.stringify({ id: random(1e6), title: hex(random, 24), tags: ['jazz', 'maps'], public: true });
  return request(to, lines, posts ? body : undefined);
}

function bare({ host, target: to }: Pick<Wanted, 'host' | 'target'>): string {
  return request(to, [`Host: ${host}`], undefined);
}

function request(to: string, lines: readonly string[], body: string | undefined): string {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  const head = [`${body === undefined ? 'GET' : 'POST'} ${to} HTTP/1.1`, ...lines, ...length];
  return `${head.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** An integer from 0 up to, but not including, the limit. */
type Random = (limit: number) => number;

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

function pick(all: readonly string[], random: Random): string {
  return all[random(all.length)] ?? '';
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random(16).toString(16)).join('');
}

/** Fisher and Yates. */
function shuffle(all: string[], random: Random): string[] {
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    [all[last], all[other]] = [all[other] ?? '', all[last] ?? ''];
  }
  return all;
}
