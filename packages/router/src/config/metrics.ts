import { madeStatement } from '@headgate/shared/config/made-statement';
import type { Section, Statement, Word } from '@headgate/shared/config/raw';
import { METRICS_PROXY } from '../model/service.ts';

/** A `metrics` line of `global`. */
export interface MetricsDraft {
  readonly keyword: Word;
  readonly address: Word;
  readonly path: Word | undefined;
}

/** Scrapers that may ask at a time: they come one by one. */
const CLIENTS = '16';
const TIMEOUT = '10s';
const DEFAULT_PATH = '/metrics';

/** What `metrics` lines are short for: a frontend that answers with the metrics on one path, and with 404 on all others. */
export function metricsSection(lines: readonly MetricsDraft[]): Section | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const { at } = first.keyword;
  const statement = (keyword: string, ...rest: readonly (string | Word)[]): Statement =>
    madeStatement(at, keyword, ...rest);
  const paths = [...new Set(lines.map(({ path }) => path?.text ?? DEFAULT_PATH))];
  const statements = [
    statement('mode', 'http'),
    statement('maxconn', CLIENTS),
    statement('timeout', 'client', TIMEOUT),
    ...lines.map(({ address }) => statement('bind', address)),
    statement('http-request', 'use-service', 'prometheus-exporter', 'if', '{', 'path', ...paths, '}'),
    statement('http-request', 'return', 'status', '404'),
  ];
  return { kind: 'frontend', name: { text: METRICS_PROXY, at }, rest: [], at, statements, dialect: 'yaml' };
}
