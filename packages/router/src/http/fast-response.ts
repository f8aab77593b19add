import { CR, classOf, LF, SP, VALUE } from './bytes.ts';
import { FastHead, startsWith, threeDigits } from './fast-head.ts';
import * as field from './field-ids.ts';
import { SLOW } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import type { HeadLimits } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

const start = Buffer.from('HTTP/1.1 ');
/** `HTTP/1.1 200 `: the reason follows. */
const REASON = 13;

/**
 * The head of an answer read in one pass over its bytes (fast-head.ts). Interim answers, 101, 204, 304, answers to HEAD and to CONNECT,
 * and everything that is not plainly framed by one length or by chunks is SLOW. One object serves all answers on a server connection.
 */
export class FastResponse extends FastHead implements ResponseHead {
  readonly asksForLogin = false;
  status = 200;
  idleTimeout = 0;
  #coded = false;

  /** Reads the head that `source` begins with, the answer to `method`; returns where it ends, or SLOW. */
  read(source: Buffer, method: string, limits: HeadLimits): number {
    if (method === 'HEAD' || method === 'CONNECT') return SLOW;
    const { lines } = this;
    lines.copy(source, 0, Math.min(source.length, limits.maxHeadBytes));
    this.method = method;
    this.idleTimeout = 0;
    this.#coded = false;
    if (!this.readSection(this.#readStatusLine(), limits)) return SLOW;
    for (let line = 0; line < lines.count; line += 1) {
      const id = lines.id(line);
      if (id !== field.OTHER && !this.#accept(id, line)) return SLOW;
    }
    return this.sized === this.#coded ? SLOW : lines.length;
  }

  get framing(): 'none' | 'length' | 'chunked' {
    if (this.#coded) return 'chunked';
    return this.contentLength === 0 ? 'none' : 'length';
  }

  #readStatusLine(): number {
    const { bytes } = this.lines;
    if (!startsWith(bytes, 0, start)) return SLOW;
    const status = threeDigits(bytes, start.length);
    if (!(status >= 200) || status === 204 || status === 304 || status === 426 || bytes[REASON - 1] !== SP) return SLOW;
    this.status = status;
    let at = REASON;
    while ((classOf[bytes[at]!]! & VALUE) !== 0) at += 1;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : SLOW;
  }

  #accept(id: number, line: number): boolean {
    switch (id) {
      case field.CONTENT_LENGTH:
        return this.readLength(line);
      case field.TRANSFER_ENCODING:
        if (this.#coded || this.lines.value(line) !== 'chunked' || this.lines.holdsTab(line)) return false;
        this.#coded = true;
        return true;
      case field.CONNECTION:
        return this.readConnection(line);
      case field.KEEP_ALIVE:
        return this.#readKeepAlive(line);
      case field.WWW_AUTHENTICATE:
      case field.PROXY_AUTHENTICATE:
        return !bindsItsConnection(this.lines.value(line));
      case field.UPGRADE:
      case field.TE:
        return false;
      default:
        return true;
    }
  }

  /** `timeout=5`, as Node's own servers write it. */
  #readKeepAlive(line: number): boolean {
    if (this.idleTimeout !== 0) return false;
    const seconds = /^timeout=([0-9]{1,6})$/.exec(this.lines.value(line))?.[1];
    this.idleTimeout = Number(seconds ?? 0) * 1000;
    return this.idleTimeout !== 0;
  }
}
