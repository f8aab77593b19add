import type { Problems } from '@headgate/shared/config/problem';
import type { StatsPage } from '../model/service.ts';
import type { RequestRule } from '../model/snapshot.ts';
import { statsRules } from '../rules/statistics.ts';
import { DEFAULT_STATS_REALM, DEFAULT_STATS_URI } from './directives/statistics.ts';
import type { GlobalDraft, ProxyDraft } from './draft.ts';

/** HAProxy refuses a section whose page is guarded in two ways: which of them counts would not be clear. */
export function checkStats({ kind, name, settings: { stats } }: ProxyDraft, problems: Problems): void {
  const [rule] = stats?.rules ?? [];
  if (stats === undefined || rule === undefined || (stats.users.length === 0 && stats.realm === undefined)) return;
  problems.error(
    rule.at,
    `${kind} '${name}' has both 'stats auth' or 'stats realm' and 'stats http-request': ` +
      "write 'stats http-request auth unless { http_auth(USERLIST) }' instead of the former",
  );
}

/** The `stats` lines of a proxy, or of its `defaults`, as rules. */
export function statsRulesOf({ name, settings: { stats } }: ProxyDraft, global: GlobalDraft): readonly RequestRule[] {
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
    description: stats.description === '' ? global.description : stats.description,
    legends: stats.legends ?? false,
    modules: stats.modules ?? false,
    scope: stats.scope,
  };
  return statsRules(page, stats.rules);
}
