import type { Problems } from '@headgate/shared/config/problem';
import type { RequestRule } from '../model/snapshot.ts';
import type { Read } from '../model/values.ts';
import { readsOf } from '../rules/reads.ts';
import type { ProxyDraft } from './draft.ts';

/**
 * Warns of rules of `engine http-proxy` that look at a body nothing has waited for. Node reads bodies after the head, so they would
 * never find anything; the wire engine and HAProxy show what came in the same read.
 */
export function warnOfUnheldBodies({ settings, requestRules, responseRules }: ProxyDraft, problems: Problems): void {
  if (settings.engine !== 'http-proxy') return;
  if (settings.flags.get('bufferRequest') !== true) warn(requestRules, 'body', 'option http-buffer-request', problems);
  warn(responseRules, 'response-body', 'http-response wait-for-body', problems);
}

function warn(rules: readonly RequestRule[], read: Read, instead: string, problems: Problems): void {
  for (const rule of rules) {
    if (/^http-re[a-z]+ wait-for-body /.test(rule.text)) return;
    if (readsOf([rule]).includes(read))
      problems.warning(
        rule.at,
        `engine http-proxy shows rules a body only after a wait: add '${instead}' before this rule`,
      );
  }
}
