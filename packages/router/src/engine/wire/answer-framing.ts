import { ChunkedBody, CloseBody, LengthBody, type BodyTracker } from '../../http/body.ts';
import type { ResponseHead } from '../../http/response-head.ts';

/** What finds the end of an answer's body; undefined when it has none. */
export function trackerFor(head: ResponseHead, maxTrailerBytes: number): BodyTracker | undefined {
  switch (head.framing) {
    case 'none':
      return undefined;
    case 'length':
      return new LengthBody(head.contentLength);
    case 'chunked':
      return new ChunkedBody(maxTrailerBytes, head.options);
    case 'close':
      return new CloseBody();
  }
}
