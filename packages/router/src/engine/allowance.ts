import { Turns } from '@headgate/shared/net/budget';

/**
 * What one connection, to a client or to a server, may cost in one turn of the event loop (shared/net/budget.ts): so many
 * requests, or interim answers, that came in one read. The others wait for the next turn.
 */
export const STEPS = 16;

/**
 * So many chunks in one read of a body end the turn of its connection. Finding the end of one is inexpensive, but a read of
 * 64 KiB can hold 10,000 of them, and the kernel hands out 32 such reads in a row.
 */
export const MANY_CHUNKS = 64;

/** Pieces that a head may come in before it has to wait for `trickles`. */
export const PIECES = 4;

/**
 * The turns of heads that come in many pieces: some in a millisecond, whatever else there is to do. In turns of the event
 * loop, thousands of clients that send a byte at a time would take all of the processor, and the system would let a
 * process that never sleeps wait for others.
 */
export const trickles = new Turns({ later: (next) => void setTimeout(next, 1) });
