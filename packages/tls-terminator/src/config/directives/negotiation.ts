/** Conversations that precede TLS: who speaks which protocol in the clear until both sides start the handshake. */
import type { NegotiatedProtocol } from '../../model/snapshot.ts';
import type { ServiceDirective } from '../directive.ts';
import { oneOf } from '../values.ts';

const NEGOTIATED = [
  'connect',
  'imap',
  'ldap',
  'nntp',
  'pgsql',
  'pop3',
  'smtp',
] as const satisfies readonly NegotiatedProtocol[];

/** Protocols of stunnel's that are not here, and what does their work. */
const ABSENT: Readonly<Record<string, string>> = {
  cifs: 'Samba dropped TLS in 3.0; SMB 3 encrypts by itself',
  capwin: 'the application is gone',
  capwinctrl: 'the application is gone',
  socks: "run a SOCKS server, such as Dante or 'ssh -D', and let connect lead to it",
};

export const negotiation = {
  protocol: {
    summary:
      'What precedes the plain bytes or the handshake. `proxy` and `proxy-v2` (ours) tell the server who the client is, in the PROXY header as text or binary with TLS facts. The others negotiate STARTTLS: as a server with clients (imap, pgsql, pop3, smtp), with `client = yes` with servers (these and connect, ldap, nntp).',
    takes: `proxy | proxy-v2 | ${NEGOTIATED.join(' | ')}`,
    default: 'none',
    example: 'protocol = proxy-v2',
    apply(value, draft, problems) {
      const absent = Object.entries(ABSENT).find(([name]) => name === value.text.toLowerCase());
      if (absent !== undefined) {
        problems.error(value.at, `protocol ${absent[0]} is not supported: ${absent[1]}`);
        return;
      }
      const word = oneOf(value, ['proxy', 'proxy-v2', ...NEGOTIATED], problems);
      if (word === undefined) return;
      if (word === 'proxy' || word === 'proxy-v2') draft.proxyProtocol = word === 'proxy-v2' ? 2 : 1;
      else draft.negotiation.protocol = word;
    },
  },
  protocolHost: {
    summary: 'With `protocol = connect` the host:port that the HTTP proxy is asked for; with smtp the name in EHLO.',
    takes: 'host[:port]',
    default: 'none; connect needs it',
    example: 'protocolHost = mail.example.com:465',
    apply(value, draft, problems) {
      if (/^[\w.:[\]-]{1,255}$/.test(value.text)) draft.negotiation.host = value.text;
      else problems.error(value.at, `'${value.text}' is not a host or host:port`);
    },
  },
  protocolUsername: {
    summary: 'User name for the HTTP proxy of `protocol = connect`, or the SMTP server.',
    takes: 'text',
    default: 'none',
    example: 'protocolUsername = alice',
    apply(value, draft) {
      draft.negotiation.username = value.text;
    },
  },
  protocolPassword: {
    summary: 'Password that goes with protocolUsername.',
    takes: 'text',
    default: 'none',
    example: 'protocolPassword = secret',
    apply(value, draft) {
      draft.negotiation.password = value.text;
    },
  },
  protocolAuthentication: {
    summary: 'How protocolUsername is sent: basic to an HTTP proxy, plain or login to an SMTP server.',
    takes: 'basic | plain | login',
    default: 'basic for connect, plain for smtp',
    example: 'protocolAuthentication = login',
    apply(value, draft, problems) {
      if (value.text.toLowerCase() === 'ntlm')
        problems.error(
          value.at,
          'NTLM is not supported: it rests on MD4; let the proxy accept basic authentication from this host',
        );
      else draft.negotiation.authentication = oneOf(value, ['basic', 'plain', 'login'], problems);
    },
  },
  protocolHeader: {
    summary: 'A header line for the request of `protocol = connect`.',
    takes: 'Name: value',
    default: 'none',
    example: 'protocolHeader = User-Agent: headgate',
    repeatable: true,
    apply(value, draft, problems) {
      if (/^[\w!#$%&'*+.^`|~-]+:[ \t]*[\t\x20-\x7E]*$/.test(value.text)) draft.negotiation.headers.push(value.text);
      else problems.error(value.at, `'${value.text}' is not a header line: write 'Name: value'`);
    },
  },
  protocolDomain: {
    summary: 'Accepted: only NTLM, which is not supported, needs it.',
    takes: 'text',
    default: 'none; it has no effect',
    example: 'protocolDomain = EXAMPLE',
    apply(value, _draft, problems) {
      problems.warning(value.at, 'protocolDomain has no effect: it is part of NTLM, which is not supported');
    },
  },
} as const satisfies Record<string, ServiceDirective>;
