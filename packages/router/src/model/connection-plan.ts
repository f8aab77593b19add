/** What the limit of open files leaves for clients. */
export interface ConnectionPlan {
  /** Client connections at a time; 0 is no limit. */
  readonly maxconn: number;
  /** Connections that may wait for one of them, process-wide: they are accepted, so each holds a descriptor. */
  readonly waiting: number;
  /** Minimum number of descriptors, set when it exceeds `limit`: the router cannot start. */
  readonly shortage: { readonly needed: number; readonly limit: number; readonly possible: number } | undefined;
}
