import type { Section } from '@headgate/shared/config/raw';
import type { AclScope } from '../acl/scope.ts';
import type { CaptureDraft, ProxyDraft, Settings } from './draft.ts';
import type { ProxyKind } from './proxy-kind.ts';

type Identity = Pick<ProxyDraft, 'kind' | 'name' | 'at' | 'dialect'>;

/** A proxy of which nothing but its settings is known yet. */
export function newDraft(
  kind: ProxyKind,
  section: Section,
  settings: Settings,
  scope: AclScope,
  captures: CaptureDraft,
): ProxyDraft {
  const name = section.name?.text ?? '';
  const at = section.name?.at ?? section.at;
  return {
    kind,
    name,
    at,
    ...(section.dialect === undefined ? {} : { dialect: section.dialect }),
    settings,
    scope,
    ...emptyLists(),
    captures,
  };
}

/** Of a proxy of which no line has been read. */
export function emptyLists(): Omit<ProxyDraft, keyof Identity | 'settings' | 'scope' | 'captures' | 'dispatch'> {
  return {
    binds: [],
    certificates: [],
    servers: [],
    tables: [],
    connectionRules: [],
    sessionRules: [],
    contentRules: [],
    requestRules: [],
    redirects: [],
    responseContentRules: [],
    responseRules: [],
    afterResponseRules: [],
    persistRules: [],
    sticks: [],
    useServers: [],
    monitorFail: [],
    useBackends: [],
  };
}
