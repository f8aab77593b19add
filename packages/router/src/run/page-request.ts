import type { Evaluation } from '../model/evaluation.ts';
import type { Service } from '../model/service.ts';
import type { Asked } from '../stats/answer.ts';

/** The headers that pages look at. */
const HEADERS = ['authorization', 'content-type', 'host', 'origin', 'sec-fetch-site'] as const;

/** A request for a page of the router, as plain data: a worker has it, and the primary answers it. */
export interface PageRequest {
  readonly service: Service;
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly mayChange: boolean;
  readonly body: Buffer | undefined;
}

/** Whether the page that is asked for may change something, as far as the conditions of `stats admin` go. */
export function mayChange(service: Service, on: Evaluation): boolean {
  return service.kind === 'stats' && service.page.admin.some((holds) => holds(on));
}

export function pageRequest(service: Service, on: Evaluation, body: Buffer | undefined): PageRequest {
  const { method, target } = on.request;
  return {
    // Conditions stay here: they have been evaluated, and so have the users been asked for their passwords.
    service: service.kind === 'stats' ? { ...service, page: { ...service.page, admin: [], users: [] } } : service,
    method,
    target,
    headers: new Map(HEADERS.map((name) => [name, on.request.header(name)])),
    mayChange: mayChange(service, on),
    body,
  };
}

/** What the page is made with. */
export function askedBy({ method, target, headers, mayChange: allowed }: PageRequest): Asked {
  return { request: { method, target, header: (name) => headers.get(name) ?? [] }, mayChange: allowed };
}
