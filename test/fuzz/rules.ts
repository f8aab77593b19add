/** Random rules and requests: rules excluded by the index must not hold, and decisions must equal those of evaluating every rule. */
import type { Condition, Frontend, Rules } from '@headgate/router/model/snapshot';
import type { Decision } from '@headgate/router/model/decision';
import type { Evaluation } from '@headgate/router/model/evaluation';
import { decideFrontend } from '@headgate/router/rules/evaluate';
import { decisionsOf } from '@headgate/router/rules/memory';
import { indexed } from '@headgate/router/rules/rule-index';
import { evaluationOf, frontendOf } from '@headgate/router/rules/testing';
import type { Wanted } from '@headgate/router/rules/testing';
import { Random } from './random.ts';

const LABELS = [
  'a',
  'b',
  'aa',
  'ab',
  'www',
  'WWW',
  'dev',
  'dev-1',
  'example',
  'Example',
  'com',
  'test',
  'x%41',
  '1',
  '\xe9',
  'É',
];
const ENDS = ['', '', '', '', '.', ':80', ':8080', '..', '.:'];
const WHOLE = [
  '',
  'localhost',
  '127.0.0.1',
  '[::1]',
  '[2001:db8::1]:443',
  '::1',
  'a..b',
  '.a',
  'a,b',
  '"a,b"',
  '-',
  '*',
];
const PARTS = [
  'a',
  'b',
  'A',
  'api',
  'API',
  'v1',
  'v1.2',
  'static',
  '%2f',
  '%41',
  '',
  'index.html',
  'a;b',
  '~x',
  'caf\xc3\xa9',
];
const HOSTS = ['hdr(host)', 'req.hdr(Host)', 'req.fhdr(host)', 'hdr(host,1)', 'hdr(host,-1)', 'hdr(host),lower']
  .concat([
    'hdr(host),field(1,:)',
    'hdr(Host),field(1,:),lower',
    'hdr(host),host_only',
    'hdr(host),word(-1,.)',
    'hdr(host),field(2,.)',
  ])
  .concat(['hdr_dom(host)', 'hdr_beg(host)', 'hdr_end(host)', 'hdr_sub(host)', 'hdr_dir(host)']);
const PATHS = [
  'path',
  'path,lower',
  'url',
  'pathq',
  'path_beg',
  'path_dir',
  'path_end',
  'path_sub',
  'url_beg',
  'url_end',
  'url_dir',
].concat([
  'path,url_dec',
  'path_dom',
  'query',
  'urlp(a)',
  'urlp_beg(a)',
  'urlp(b)',
  'cook(a)',
  'cook(A)',
  'base',
  'base_beg',
]);
const PLAIN = [
  'method GET',
  'method -i get post',
  'always_true',
  'always_false',
  'hdr_cnt(host) 1',
  'hdr(host) -m found',
];
const OTHERS = PLAIN.concat([
  'rand(2) 0',
  'rand(2) 1',
  'path_len lt 4',
  'src 10.0.0.0/8',
  'hdr(x-a) 1',
  'hdr(x-a) -i b c',
  'path_reg ^/a',
  'date gt 1',
  'var(txn.a) -m found',
]);
const MATCHES = ['str', 'beg', 'end', 'dir', 'dom', 'sub', 'len'];

function host(random: Random): string {
  if (random.chance(5)) return random.pick(WHOLE);
  const labels = Array.from({ length: 1 + random.below(4) }, () => random.pick(LABELS));
  return labels.join('.') + random.pick(ENDS);
}

function path(random: Random): string {
  const parts = Array.from({ length: random.below(5) }, () => random.pick(PARTS));
  return `/${parts.join('/')}${random.chance(6) ? '/' : ''}`;
}

function pattern(random: Random, make: (random: Random) => string, delimitersOnly: boolean): string {
  const whole = make(random);
  const from = random.chance(3) ? random.below(whole.length + 1) : 0;
  const text = whole.slice(from, random.chance(3) ? from + random.below(6) : undefined);
  // A pattern of delimiters only is refused where components are compared.
  return delimitersOnly || /[^.:/?]/.test(text) ? text : 'x';
}

/** The ingredients of a set of rules. `narrow`: they read only Host and method, so that decisions are cached. */
interface Making {
  readonly random: Random;
  readonly files: string[];
  readonly narrow: boolean;
}

function criterion({ random, files, narrow }: Making): string {
  if (random.chance(6)) return random.pick(narrow ? PLAIN : OTHERS);
  const make = !narrow && random.chance(3) ? path : host;
  const fetch = random.pick(make === path ? PATHS : HOSTS);
  const match = random.chance(4) ? random.pick(MATCHES) : undefined;
  if (match === 'len') return `${fetch} -m len ${random.below(9)}`;
  const free = match === undefined ? !/_(?:dir|dom)\b/.test(fetch) : match !== 'dir' && match !== 'dom';
  const fold = random.chance(2) ? ' -i' : '';
  const texts = Array.from({ length: random.chance(4) ? 12 : random.below(3) }, () => pattern(random, make, free));
  const words = texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
  const flags = `${match === undefined ? '' : ` -m ${match}`}${fold}`;
  if (!random.chance(8)) return `${fetch}${flags} -- ${words}`;
  const lines = Array.from({ length: random.below(40) }, () => pattern(random, make, free)).filter(
    (text) => text !== '',
  );
  files.push(lines.join('\n'));
  return `${fetch}${flags} -f list${files.length - 1} -- ${words}`;
}

function condition(making: Making): string {
  const { random } = making;
  if (random.chance(20)) return '';
  const term = (): string => {
    const bangs = random.chance(4) ? '!' : random.chance(30) ? '!!' : '';
    return random.chance(3) ? `${bangs}acl${random.below(6)}` : `${bangs}{ ${criterion(making)} }`;
  };
  const alternatives = Array.from({ length: random.chance(4) ? 2 : 1 }, () =>
    Array.from({ length: 1 + random.below(3) }, term).join(' '),
  );
  return `${random.chance(5) ? 'unless' : 'if'} ${alternatives.join(' or ')}`;
}

function rules(random: Random, narrow: boolean): Frontend {
  const files: string[] = [];
  const making = { random, files, narrow };
  const acl = (number: number): string => `acl acl${number} ${criterion(making)}`;
  const lines = Array.from({ length: 6 }, (_, number) => acl(number));
  for (let number = 0; number < 20; number += 1) {
    lines.push(`http-request return status ${400 + number} ${condition(making)}`);
    if (!narrow) lines.push(`redirect location /${number} ${condition(making)}`);
    lines.push(`use_backend b${number} ${condition(making)}`, `use_backend c${number} ${condition(making)}`);
    // A later acl line also affects rules above it.
    if (random.chance(8)) lines.push(acl(random.below(6)));
  }
  const text = lines.map((line) => line.replace(/ --\s*$/, '').replaceAll(/ --\s+\}/g, ' }')).join('\n');
  const { frontend, problems } = frontendOf(
    text,
    Object.fromEntries(files.map((file, number) => [`list${number}`, file])),
  );
  const errors = problems.filter((problem) => !problem.includes('has no pattern'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return frontend;
}

/** `hosts` recur, others appear once. */
function wanted(random: Random, hosts: readonly string[]): Wanted {
  const long = random.chance(60) ? `${'a.'.repeat(random.below(1200))}example.com` : undefined;
  const headers: (readonly [string, string])[] = [['X-A', random.pick(['1', 'b, c', 'B', ''])]];
  if (random.chance(3)) headers.push(['Cookie', `a=${random.pick(PARTS)}; A=${random.pick(LABELS)}`]);
  if (!random.chance(15)) headers.push(['Host', long ?? (random.chance(2) ? host(random) : random.pick(hosts))]);
  if (random.chance(30)) headers.push(['Host', host(random)]);
  const target = `${random.chance(12) ? `http://${host(random)}` : ''}${random.chance(40) ? '/a'.repeat(random.below(800)) : path(random)}`;
  const query = random.chance(4) ? `?a=${random.pick(PARTS)}&b=${random.pick(PARTS)}&a=${path(random)}` : '';
  const address = random.pick(['10.1.2.3', '192.0.2.1', '::1']);
  return {
    method: random.pick(['GET', 'POST', 'get']),
    target: random.chance(50) ? '*' : (target || '/') + query,
    headers,
    connection: { client: { address, port: 1 } },
  };
}

/** Number of rules excluded by the index, after checking that none of them holds. */
function leftOut(list: Rules<{ readonly when: Condition | undefined; readonly text: string }>, on: Evaluation): number {
  const candidates = list.index?.candidates(on);
  if (candidates === undefined) return 0;
  let count = 0;
  for (const [number, { when, text }] of list.entries()) {
    if ((((candidates[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1) continue;
    count += 1;
    if (when === undefined || when(on)) throw new Error(`excluded, but holds: ${text}\n${JSON.stringify(on.request)}`);
  }
  return count;
}

function spelled(decision: Decision): string {
  if (decision.kind === 'backend') return decision.name;
  return decision.kind === 'respond'
    ? `${decision.answer.status} ${JSON.stringify(decision.answer.headers)}`
    : decision.kind;
}

/** Compares until `end` (performance.now), or for the given number of rule sets. Throws at the first difference. */
export function compareDecisions(
  seed: number,
  end: number,
  sets = Infinity,
): { requests: number; asked: number; spared: number } {
  const random = new Random(seed);
  const result = { requests: 0, asked: 0, spared: 0 };
  for (let set = 0; set < sets && performance.now() < end; set += 1) {
    const frontend = rules(random, set % 3 === 0);
    const hosts = Array.from({ length: 20 }, () => host(random));
    const { requestRules, redirects, useBackends } = frontend;
    const lists = [[...requestRules], [...redirects], [...useBackends]] as const;
    const linear: Frontend = { ...frontend, requestRules: lists[0], redirects: lists[1], useBackends: lists[2] };
    const quick: Frontend = {
      ...frontend,
      requestRules: indexed(lists[0], 1),
      redirects: indexed(lists[1], 1),
      useBackends: indexed(lists[2], 1),
    };
    const decide = decisionsOf(quick, new Map());
    for (let count = 0; count < 500; count += 1) {
      const request = wanted(random, hosts);
      const on = evaluationOf(request);
      const spared = leftOut(quick.requestRules, on) + leftOut(quick.redirects, on) + leftOut(quick.useBackends, on);
      const [expected, found] = [spelled(decideFrontend(linear, on)), spelled(decide(on))];
      if (expected !== found) throw new Error(`${found} instead of ${expected} for ${JSON.stringify(request)}`);
      result.requests += 1;
      result.spared += spared;
      result.asked += lists[0].length + lists[1].length + lists[2].length - spared;
    }
  }
  return result;
}
