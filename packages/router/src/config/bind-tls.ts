import type { Cursor } from '@headgate/shared/config/cursor';
import type { Position, Statement, Word } from '@headgate/shared/config/raw';
import type { Problems } from '@headgate/shared/config/problem';
import type { Bind } from '../model/bind.ts';
import { BIND_TLS_FLAGS } from '../model/vocabulary.ts';

/** The parameters of one `bind` that are about TLS. What they mean is the terminator's business. */
export interface TlsParameters {
  /** Where `ssl` is written; undefined: the others have no effect. */
  ssl: Position | undefined;
  readonly words: Statement[];
}

/** Reads one parameter with its value, when it has one. */
export function readTlsWord(word: Word, tls: TlsParameters, cursor: Cursor): void {
  if (word.text === 'ssl') tls.ssl = word.at;
  else if (BIND_TLS_FLAGS.includes(word.text)) tls.words.push({ words: [word] });
  else {
    const value = cursor.need('a value');
    if (value !== undefined) tls.words.push({ words: [word, value] });
  }
}

/** Parameters of a bind that name certificates. */
const CERTIFICATES: ReadonlySet<string> = new Set(['crt', 'crt-list', 'default-crt']);

/** Whether a parameter names a certificate. */
export function isCertificate({ words: [word] }: Statement): boolean {
  return CERTIFICATES.has(word.text);
}

/** A bind with the certificates of its frontend (`ssl-f-use`), when it names none itself. */
export function withCertificates(bind: Bind, certificates: readonly Statement[]): Bind {
  const { tls } = bind;
  if (tls === undefined || tls.parameters.some(isCertificate)) return bind;
  return { ...bind, tls: { ...tls, parameters: [...tls.parameters, ...certificates] } };
}

/** What is wrong with the TLS of a bind before anything is known of its certificates. `terminated`: headgate-terminator is in front. */
export function checkTls({ ssl, words }: TlsParameters, terminated: boolean, problems: Problems): void {
  const [first] = words;
  if (ssl === undefined) {
    if (first !== undefined)
      problems.warning(
        first.words[0].at,
        `'${first.words[0].text}' has no effect without 'ssl': this bind accepts plain connections`,
      );
  } else if (!terminated)
    problems.error(
      ssl,
      `'bind … ssl' is about TLS, which headgate-terminator does: start both halves from this file with 'headgate -f ${ssl.file}'`,
    );
}
