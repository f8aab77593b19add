/** What Node's parser says when it gives up. */
export interface ParseError {
  /** `HPE_INVALID_HEADER_TOKEN`; of another kind, or empty, for what is no error of the parser. */
  readonly code: string;
  /** What it was reading, and which byte of it is wrong. */
  readonly bytes: Buffer;
  readonly at: number;
}

const NOTHING = Buffer.alloc(0);

export function parseErrorOf(error: unknown): ParseError {
  if (!(error instanceof Error)) return { code: '', bytes: NOTHING, at: 0 };
  const { code, rawPacket, bytesParsed } = error as NodeJS.ErrnoException & {
    rawPacket?: Buffer;
    bytesParsed?: number;
  };
  return { code: code ?? '', bytes: rawPacket ?? NOTHING, at: bytesParsed ?? 0 };
}
