import { OneByOne } from '@headgate/shared/net/one-by-one';
import type { Answer } from '../model/answer.ts';
import { MAX_FORM, type Service } from '../model/service.ts';
import { countSettled } from './accounts.ts';
import type { Carrier } from './carrier.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** Of all connections. */
const pages = new OneByOne();

/** Answers with one of the router's own pages. Those that change something get the body of the request with it. */
export function serve(
  exchange: ExchangeRecord & { readonly ended: boolean },
  carrier: Carrier,
  service: Service,
  answer: (answer: Answer) => void,
): void {
  const { context, facts } = exchange;
  countSettled(exchange, { state: 'L' });
  exchange.termination = 'LR--';
  // As in HAProxy, where a service is a server that needs no connection.
  exchange.queueTime = 0;
  exchange.connectTime = 0;
  exchange.responseTime = 0;
  exchange.serviceName = service.kind === 'stats' ? '<STATS>' : '<PROMEX>';
  const give = (made: Answer | Promise<Answer>): void => {
    if (!(made instanceof Promise)) answer(made);
    else
      void made.then((later) => {
        if (!exchange.ended) answer(later);
      });
  };
  const make = (body: Buffer | undefined): void =>
    pages.run(() => {
      if (!exchange.ended) give(context.serve(service, exchange, body));
    });
  if (facts.method !== 'POST') return make(undefined);
  carrier.collect(MAX_FORM, make);
}
