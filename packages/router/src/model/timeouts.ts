/** The time limits of a proxy, in milliseconds; 0: none. */
export interface Timeouts {
  readonly client: number;
  readonly clientFin: number;
  readonly httpRequest: number;
  readonly httpKeepAlive: number;
  readonly connect: number;
  readonly queue: number;
  readonly server: number;
  readonly serverFin: number;
  readonly tunnel: number;
  readonly check: number;
  /** How long a refusal waits (`http-request tarpit`). */
  readonly tarpit: number;
}

/** No limit of time. */
export const NO_TIMEOUTS: Timeouts = {
  client: 0,
  clientFin: 0,
  httpRequest: 0,
  httpKeepAlive: 0,
  connect: 0,
  queue: 0,
  server: 0,
  serverFin: 0,
  tunnel: 0,
  check: 0,
  tarpit: 0,
};
