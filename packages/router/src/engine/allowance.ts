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
