/** Options that are yes or no: a new one is an entry here, and where it keeps something a field in draft.ts. */
import { getFips } from 'node:crypto';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Directive } from '../directive.ts';
import type { GlobalDraft, ServiceDraft } from '../draft.ts';
import { yesNo } from '../values.ts';

interface Switch<Draft> extends Pick<Directive<Draft>, 'summary'> {
  readonly default: 'yes' | 'no';
  /** When it differs from the default. */
  readonly example?: 'yes' | 'no';
  /** The only value there is: `set` refuses the other. */
  readonly only?: 'yes' | 'no';
  /** Stores the value, or reports why it is not available. */
  set(on: boolean, draft: Draft, at: Position, problems: Problems): void;
}

/** Of the whole process. */
export const processSwitches = switches<GlobalDraft>({
  syslog: {
    summary:
      'Whether to log to the local syslog as well, over UDP to 127.0.0.1:514 (Node.js cannot write to `/dev/log`). stunnel does by default; here it has to be asked for.',
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.syslog = on),
  },
  fips: {
    summary: "Only start with OpenSSL's FIPS provider in use.",
    default: 'no',
    set(on, _draft, at, problems) {
      if (!on || getFips() === 1) return;
      problems.error(
        at,
        'this Node.js is not running in FIPS mode; start it with --enable-fips and an OpenSSL that has the provider, or write no',
      );
    },
  },
});

/** Of one service. */
export const serviceSwitches = switches<ServiceDraft>({
  delay: {
    summary:
      'Accepted; names in `connect` are always looked up for each connection. With yes, failover is prio, as in stunnel.',
    default: 'no',
    example: 'yes',
    set(on, draft) {
      if (on) draft.failover = 'prio';
    },
  },
  renegotiation: {
    summary:
      'Whether a TLS 1.2 client may start the handshake anew. stunnel allows it by default; nothing needs it and it costs processor time.',
    default: 'no',
    set: (on, draft) => void (draft.renegotiation = on),
  },
  ja4: {
    summary:
      'Whether log lines name the client software by the JA4 fingerprint of its ClientHello (ours): `ja4=t13d1516h2_8daaf6152771_e5627efa2ab1`. The ClientHello is read before OpenSSL reads it; without this option it is not.',
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.ja4 = on),
  },
  ocspUpdate: {
    summary:
      "Whether the responder that a certificate names is asked for its status, which is sent along in handshakes (OCSP stapling; HAProxy's `ocsp-update`). A response in FILE.ocsp is sent in any case. See certificates.md.",
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.ocspUpdate = on),
  },
  sessionResume: {
    summary: 'Whether a returning client may skip most of the handshake.',
    default: 'yes',
    set: (on, draft) => void (draft.sessionResume = on),
  },
  reset: {
    summary: 'After an error, end connections with a reset, so that the other side sees an error and not an end.',
    default: 'yes',
    set: (on, draft) => void (draft.reset = on),
  },
  client: {
    summary:
      'With yes, plain bytes come in and TLS goes out. The server is only verified with verifyChain or verifyPeer, and checkHost.',
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.client = on),
  },
  verifyChain: {
    summary:
      'The certificate of the other side must lead to an authority in CAfile or CApath. Requires one of clients.',
    default: 'no',
    example: 'yes',
    set(on, { verification }) {
      verification.chain = on;
      if (on) verification.require = verification.request = true;
    },
  },
  verifyPeer: {
    summary: 'The certificate of the other side must itself be in CAfile or CApath. Requires one of clients.',
    default: 'no',
    example: 'yes',
    set(on, { verification }) {
      verification.peer = on;
      if (on) verification.require = verification.request = true;
    },
  },
  requireCert: {
    summary: 'Clients must show a certificate, any one unless verifyChain or verifyPeer demands more.',
    default: 'no',
    example: 'yes',
    set(on, { verification }) {
      verification.require = on;
      if (on) verification.request = true;
    },
  },
  OCSPaia: {
    summary:
      'Ask the responders that a certificate of the other side names whether it was revoked. Without the answer "good" it is refused.',
    default: 'no',
    example: 'yes',
    set: (on, { verification }) => void (verification.ocspAia = on),
  },
  OCSPnonce: {
    summary: 'Send a random number that the OCSP answer must repeat. Public responders do not.',
    default: 'no',
    example: 'yes',
    set: (on, { verification }) => void (verification.ocspNonce = on),
  },
  strictSni: {
    summary:
      "Refuse clients that request no name, or one that no certificate is for, with the alert unrecognized_name (HAProxy's `strict-sni`).",
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.strictSni = on),
  },
  http1: {
    summary:
      'The server speaks HTTP/1.1: `h2` is left out of what `alpn` offers, also where a line of a list of certificates has it (ours).',
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.http1 = on),
  },
  acceptProxy: {
    summary:
      "Demand a PROXY header, version 1 or 2, before each handshake: a load balancer is in front. Its addresses are those of the client (HAProxy's `accept-proxy`).",
    default: 'no',
    example: 'yes',
    set: (on, draft) => void (draft.acceptProxy = on),
  },
  retry: {
    summary:
      "Accepted and without effect: stunnel's retry belongs to exec. A connect that fails is tried again for as long as a restart takes.",
    default: 'no',
    set(on, _draft, at, problems) {
      if (on) problems.warning(at, "'retry' has no effect: it belongs to exec; connect is tried again by itself");
    },
  },
});

function switches<Draft>(table: Readonly<Record<string, Switch<Draft>>>): Readonly<Record<string, Directive<Draft>>> {
  return Object.fromEntries(Object.entries(table).map(([name, about]) => [name, directive(name, about)]));
}

function directive<Draft>(name: string, about: Switch<Draft>): Directive<Draft> {
  return {
    summary: about.summary,
    takes: about.only ?? 'yes | no',
    default: about.default,
    example: `${name} = ${about.example ?? about.default}`,
    apply(value, draft, problems) {
      const on = yesNo(value, problems);
      if (on !== undefined) about.set(on, draft, value.at, problems);
    },
  };
}
