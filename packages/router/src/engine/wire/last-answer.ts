import type { RenderedHead } from '../../http/outgoing.ts';
import type { ResponseHead } from '../../http/response-head.ts';

/**
 * What a server answered last, on whichever of its connections, and how that was passed on: a server that repeats itself
 * to the byte is not read again. For each of a thousand connections it would be memory that no cache holds.
 */
export class LastAnswer {
  head: ResponseHead | undefined = undefined;
  rendered: RenderedHead | undefined = undefined;
}
