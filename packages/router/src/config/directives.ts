/** Every supported keyword, by its first word. To add one, add an entry to the table of its family. */
import type { GlobalDirective, ProxyDirective } from './directive.ts';
import { answers } from './directives/answers.ts';
import { balancing } from './directives/balancing.ts';
import { captures } from './directives/captures.ts';
import { certificates } from './directives/certificates.ts';
import { checkOptions, checks, globalChecks } from './directives/checks.ts';
import { compression, compressionLimits } from './directives/compression.ts';
import { control } from './directives/control.ts';
import { globalLimits, limits } from './directives/limits.ts';
import { globalLogging, logOptions, logging } from './directives/logging.ts';
import { persistence } from './directives/persistence.ts';
import { nameWords } from './directives/files.ts';
import { probeOptions, probes } from './directives/probes.ts';
import { processWords } from './directives/process.ts';
import { retryOptions, retrying } from './directives/retrying.ts';
import { rules } from './directives/rules.ts';
import { servers } from './directives/servers.ts';
import { globalStatistics, statistics } from './directives/statistics.ts';
import { tlsWords } from './directives/tls.ts';
import { tables } from './directives/tables.ts';
import { timeouts } from './directives/timeouts.ts';
import { traffic, trafficOptions } from './directives/traffic.ts';
import { webSockets } from './directives/web-sockets.ts';
import { eachFlag } from './flags.ts';

/** Keywords of the global section. */
export const GLOBAL_DIRECTIVES = {
  ...processWords,
  ...nameWords,
  ...globalLimits,
  ...globalLogging,
  ...globalChecks,
  ...control,
  ...tlsWords,
  ...globalStatistics,
  ...compressionLimits,
} as const satisfies Record<string, GlobalDirective>;

/** Keywords of the proxy sections. */
export const PROXY_DIRECTIVES = {
  ...traffic,
  ...certificates,
  ...probes,
  ...compression,
  ...webSockets,
  ...rules,
  ...servers,
  ...persistence,
  ...tables,
  ...balancing,
  ...retrying,
  ...checks,
  ...timeouts,
  ...limits,
  ...logging,
  ...captures,
  ...answers,
  ...statistics,
} as const satisfies Record<string, ProxyDirective>;

/** What follows `option`. */
export const OPTIONS: Readonly<Record<string, ProxyDirective>> = {
  ...trafficOptions,
  ...probeOptions,
  ...checkOptions,
  ...retryOptions,
  ...logOptions,
  ...Object.fromEntries(eachFlag().map(({ name, ...flag }) => [name, flagOption(name, flag)])),
};

function flagOption(
  name: string,
  { field, doc, sections }: { readonly field: string } & Pick<ProxyDirective, 'doc' | 'sections'>,
): ProxyDirective {
  return {
    doc,
    sections,
    example: `option ${name}`,
    apply(cursor, draft) {
      draft.settings.flags.set(field, true);
      cursor.end();
    },
    negate(draft) {
      draft.settings.flags.set(field, false);
    },
  };
}
