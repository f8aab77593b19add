import type { Service } from '../model/snapshot.ts';

/**
 * With the keys that are kept, unless the configuration gives others: the same for all addresses of a service, others for each
 * service, for an attacker who can divert a connection must not resume a session of one service at another.
 */
export function withTicketKeys(service: Service, { ticketKeys }: { readonly ticketKeys: Buffer }): Service {
  const { tls } = service;
  if (tls === undefined || tls.secureContext.ticketKeys !== undefined) return service;
  const { secureContext, names } = tls;
  const variants = names?.variants.map((variant) => ({
    ...variant,
    secureContext: { ...variant.secureContext, ticketKeys },
  }));
  return {
    ...service,
    tls: {
      ...tls,
      secureContext: { ...secureContext, ticketKeys },
      names: names === undefined ? undefined : { ...names, variants: variants ?? [] },
    },
  };
}
