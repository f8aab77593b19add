import type { StatsPage } from '../model/service.ts';
import type { RequestRule } from '../model/snapshot.ts';
import { statsRules } from '../rules/statistics.ts';
import { DEFAULT_STATS_REALM, DEFAULT_STATS_URI } from './directives/statistics.ts';
import type { ProxyDraft } from './draft.ts';

/** The `stats` lines of a proxy, or of its `defaults`, as rules. */
export function statsRulesOf({ name, settings: { stats } }: ProxyDraft): readonly RequestRule[] {
  if (stats === undefined) return [];
  const page: StatsPage = {
    at: stats.section,
    proxy: name,
    uri: stats.uri ?? DEFAULT_STATS_URI,
    realm: stats.realm ?? DEFAULT_STATS_REALM,
    users: stats.users,
    admin: stats.admin,
    refresh: stats.refresh ?? 0,
    hideVersion: stats.hideVersion ?? false,
    node: stats.node,
    description: stats.description,
    legends: stats.legends ?? false,
    modules: stats.modules ?? false,
    scope: stats.scope,
  };
  return statsRules(page, stats.rules);
}
