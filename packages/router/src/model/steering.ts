/** A field of a 103 (Early Hints). */
export type Hint = readonly [name: string, value: string];

/** What rules decide of the way of a request after them, apart from its server. Made when the first of them asks. */
export interface Steering {
  /** `set-timeout server` and `set-timeout tunnel`, in milliseconds; undefined: the backend's. */
  serverTimeout: number | undefined;
  tunnelTimeout: number | undefined;
  /** `set-priority-class`, -2047 to 2047: waiters of a lower class leave queues first. */
  priorityClass: number;
  /** `set-priority-offset` in milliseconds: as if it had been queued that much later. */
  priorityOffset: number;
  /** `disable-l7-retry`: only failed connections are tried again. */
  connectRetriesOnly: boolean;
  /** `early-hint`: the fields of each 103 that has not been sent yet. */
  hints: Hint[][];
}

/** Nothing is decided yet. */
export function noSteering(): Steering {
  return {
    serverTimeout: undefined,
    tunnelTimeout: undefined,
    priorityClass: 0,
    priorityOffset: 0,
    connectRetriesOnly: false,
    hints: [],
  };
}
