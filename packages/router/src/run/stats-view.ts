import { addressText } from '@headgate/shared/net/endpoint';
import { performance } from 'node:perf_hooks';
import type { BackendState } from '../model/backend.ts';
import type { FrontendCounters } from '../model/counters.ts';
import { METRICS_PROXY } from '../model/service.ts';
import type { Frontend, Proxy, Snapshot } from '../model/snapshot.ts';
import type { CertificatesView, FrontendView, ProcessView, ProxyView, StatsView, TableView } from '../stats/view.ts';
import type { StickTable } from '../tables/stick-table.ts';
import type { BindAddress } from '../model/bind.ts';
import type { Bound } from './binds.ts';
import type { Limit } from './connection-limit.ts';
import type { Gate } from './gates.ts';

/** What the runtime has of a frontend. */
export interface CountedFrontend {
  readonly limit: Limit;
  readonly counters: FrontendCounters;
}

/** The parts of the running router that are looked at. */
export interface CountedParts {
  readonly frontends: ReadonlyMap<string, CountedFrontend>;
  readonly backends: ReadonlyMap<string, BackendState>;
  readonly binds: readonly Bound[];
  readonly gate: (frontend: string) => Gate;
  readonly tables: ReadonlyMap<string, StickTable>;
  readonly certificates: CertificatesView | undefined;
}

/** The running router at one moment: references to what is counted, so that looking costs nothing but the looking. */
export function statsView(
  { frontends, backends, global }: Snapshot,
  { frontends: counted, backends: states, binds, gate, tables, certificates }: CountedParts,
  process: ProcessView,
): StatsView {
  const limitOf = ({ maxconn }: Frontend): number => maxconn || global.maxconn;
  const shown = [...backends.values()].filter(({ disabled }) => !disabled);
  const names = inFileOrder(frontends, shown).filter((name) => name !== METRICS_PROXY);
  const proxies = names.map((name): ProxyView => {
    const config = frontends.find((frontend) => frontend.name === name);
    const running = counted.get(name);
    const frontend =
      config === undefined || running === undefined
        ? undefined
        : frontendView(config, running, limitOf(config), binds, gate(name));
    const backend = states.get(name);
    const feeding = frontends.filter((one) => leadsTo(one, name)).reduce((sum, one) => sum + limitOf(one), 0);
    const fullconn = backend?.config.fullconn || Math.max(1, Math.ceil(feeding / 10));
    return { name, id: config?.number ?? backend?.config.number ?? 0, frontend, backend, fullconn };
  });
  return { now: performance.now(), proxies, process, certificates, tables: [...tables.values()].map(tableView) };
}

function tableView({ spec, used }: StickTable): TableView {
  const { name, type, size, expire, stored } = spec;
  return { name, type, used, size, expire, stored: stored.map((one) => one.type) };
}

function frontendView(
  config: Frontend,
  { counters, limit }: CountedFrontend,
  most: number,
  bound: readonly Bound[],
  gate: Gate,
): FrontendView {
  const binds = bound.filter(({ frontend }) => frontend.name === config.name);
  return {
    config,
    counters,
    current: limit.value,
    limit: most,
    gate,
    binds: binds.map((one) => ({
      bind: one.bind,
      address: addressOf(one),
      counters: one.counters,
      current: one.limit.value,
    })),
  };
}

/** Clients do not know of the private socket between the halves. */
function addressOf({ bind: { tls }, listener }: Bound): string {
  return tls === undefined ? listener.name : tls.places.map(({ address }) => written(address)).join(', ');
}

function written(address: BindAddress): string {
  return address.kind === 'unix' ? address.path : addressText(address.host, address.port);
}

function leadsTo({ name, defaultBackend, useBackends }: Frontend, backend: string): boolean {
  return name === backend || defaultBackend === backend || useBackends.some((rule) => rule.backend === backend);
}

/** The names of all proxies as the files have them. Both lists are in that order; only lines of one file can be compared. */
function inFileOrder(frontends: readonly Proxy[], backends: readonly Proxy[]): readonly string[] {
  const names = new Set<string>();
  const rest = [...backends];
  for (const frontend of frontends) {
    while (rest[0] !== undefined && rest[0].at.file === frontend.at.file && rest[0].at.line < frontend.at.line)
      names.add(rest.shift()?.name ?? '');
    names.add(frontend.name);
  }
  for (const { name } of rest) names.add(name);
  return [...names];
}
