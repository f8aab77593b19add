import { announceCompression, chosenAlgorithm, mayCompress } from '../http/compression.ts';
import { HeadEdits } from '../http/head-edits.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Algorithm, Compression } from '../model/compression.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** The `compression` lines that hold for a request: those of the backend, else of the frontend, for each kind. */
function settingsOf({ context, backendConfig }: ExchangeRecord): Compression | undefined {
  const own = backendConfig?.compression;
  const front = context.config.compression;
  const algorithms = own !== undefined && own.algorithms.length > 0 ? own.algorithms : (front?.algorithms ?? []);
  if (algorithms.length === 0) return undefined;
  const types = own !== undefined && own.types.length > 0 ? own.types : (front?.types ?? []);
  return { algorithms, types, offload: own?.offload === true || front?.offload === true };
}

/** Chooses what the response can be compressed with, and with `offload` keeps the server from doing it. */
export function chooseCompression(exchange: ExchangeRecord): void {
  const { facts } = exchange;
  const settings = settingsOf(exchange);
  if (settings === undefined || facts.version !== '1.1') return;
  const algorithm = chosenAlgorithm(settings.algorithms, (name) => facts.header(name));
  if (algorithm === undefined) return;
  exchange.compression = { algorithm, settings };
  const identity = algorithm === 'identity' && facts.header('accept-encoding').length === 0;
  if (settings.offload && !identity) facts.edit?.().remove('accept-encoding');
}

/** What compression needs of an exchange. */
type Compressing = ExchangeRecord & { answerEdits: HeadEdits | undefined };

/** What the body of this response may be compressed by; undefined: nothing. */
export function compressionOf(
  { compression, facts, answerEdits }: Compressing,
  head: ResponseHead,
): Algorithm | undefined {
  if (compression === undefined || facts.method === 'HEAD') return undefined;
  const header = (name: string): readonly string[] => (answerEdits ?? head.lines).values(name);
  return mayCompress(head, header, compression.settings) ? compression.algorithm : undefined;
}

/** Lets the head of the response say what its body is compressed by. False when that does not fit: the body passes as it is. */
export function announce(exchange: Compressing, head: ResponseHead, algorithm: Algorithm): boolean {
  const edits = exchange.answerEdits ?? new HeadEdits(head.lines, exchange.context.global.maxEditedBytes);
  if (!announceCompression(edits, algorithm)) return false;
  exchange.answerEdits = edits;
  exchange.compressed = algorithm;
  return true;
}
