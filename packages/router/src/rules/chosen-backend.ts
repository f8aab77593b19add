import type { BackendState } from '../model/backend.ts';
import type { Decision } from '../model/decision.ts';

/** What a decision needs to find its backend. */
export interface Choice {
  readonly backends: ReadonlyMap<string, BackendState>;
  readonly config: { readonly defaultBackend: string | undefined };
}

/** The backend that rules chose. Only a name computed by a rule can be unknown: HAProxy then uses the default backend. */
export function chosenBackend(
  { name, backend }: Extract<Decision, { kind: 'backend' }>,
  { backends, config }: Choice,
): BackendState | undefined {
  return backend ?? backends.get(name) ?? backends.get(config.defaultBackend ?? '');
}
