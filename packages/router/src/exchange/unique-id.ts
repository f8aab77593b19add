import type { ExchangeRecord } from './exchange-record.ts';

/** `unique-id-header`: what the configuration itself adds to a request, once its rules have run. */
export function addUniqueId(exchange: ExchangeRecord): void {
  const { uniqueIdHeader } = exchange.context.config;
  if (uniqueIdHeader !== undefined) exchange.facts.edit?.().add(uniqueIdHeader, exchange.uniqueId ?? '');
}
