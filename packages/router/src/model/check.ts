import type { Evaluation } from './evaluation.ts';
import type { BackendView, ServerView } from './state.ts';

/** HAProxy's codes for the result of a check (`check_status` in its statistics). */
export type CheckStatus =
  /** An agent said nothing of the health of its server. */
  | 'CHECKED'
  | 'SOCKERR'
  | 'HANA'
  | 'L4OK'
  | 'L4TOUT'
  | 'L4CON'
  | 'L6OK'
  | 'L6TOUT'
  | 'L6RSP'
  | 'L7OK'
  | 'L7OKC'
  | 'L7TOUT'
  | 'L7RSP'
  | 'L7STS'
  | 'PROCERR'
  | 'PROCTOUT'
  | 'PROCOK';

/** What a check found out: HAProxy's status, the code that goes with it, and a text for the log. */
export interface Verdict {
  readonly passed: boolean;
  readonly status: CheckStatus;
  /** The HTTP, SMTP or MySQL status; undefined where the status has none. */
  readonly code: number | undefined;
  /** `Connection refused`, or the reason phrase of the response. */
  readonly info: string;
}

/** The bytes that a check has received since it last sent or connected, as latin1. */
export interface Received {
  readonly text: string;
  /** No more will come: the server has closed, or the buffer of the check is full. */
  readonly complete: boolean;
}

/** The server under test, as far as a request can mention it (`http-check send-state`). */
export interface Tested {
  /** Where it is, as a URL names it: `10.0.0.1:8080`. */
  readonly address: string;
  /** `UP 1/3; address=127.0.0.1; …`, read when a request is made. */
  readonly state: () => string;
  /** The server and its backend, for `%[srv_name]` and `%[be_name]`. Absent: they have no value. */
  readonly place?: { readonly backend: BackendView; readonly server: ServerView } | undefined;
  /** `http-check disable-on-404`, and the server is up: a 404 takes it out of balancing, and is not a failure. */
  readonly leavesOn404: boolean;
}

/** Everything a step may read. */
export interface CheckEvaluation extends Evaluation {
  readonly tested: Tested;
}

/** `connect`: opens a connection, closing the one before it. */
export interface ConnectStep {
  readonly kind: 'connect';
  /** Not written: a script begins with a connection to the server's check address. */
  readonly implicit: boolean;
  /** Use what the `server` line says about checks (`default`); otherwise only what this step says. */
  readonly inherits: boolean;
  readonly host: string | undefined;
  readonly port: number | ((on: Evaluation) => number | undefined) | undefined;
  /** The port of its `addr`, which counts where there is no `port`. */
  readonly addressPort?: number | undefined;
  readonly sendProxy: boolean;
  /** Speak TLS even where the server's checks do not. */
  readonly ssl: boolean;
  /** The name and the protocols that a connection over TLS asks for; undefined: those of the server's checks, where it inherits them. */
  readonly sni: string | undefined;
  readonly alpn: readonly string[] | undefined;
  /** Close with a FIN instead of a reset. */
  readonly linger: boolean;
}

/** The connection that a script without one begins with. */
export const IMPLICIT_CONNECT: ConnectStep = {
  kind: 'connect',
  implicit: true,
  inherits: true,
  host: undefined,
  port: undefined,
  sendProxy: false,
  ssl: false,
  sni: undefined,
  alpn: undefined,
  linger: false,
};

export interface SendStep {
  readonly kind: 'send';
  /** The bytes as latin1; undefined when they cannot be made (a format that is not hexadecimal). */
  readonly bytes: (on: CheckEvaluation) => string | undefined;
  /** What has been received is not over with it: it still belongs to what is expected next. */
  readonly continues?: boolean;
}

export interface ExpectStep {
  readonly kind: 'expect';
  /** What it waits for, in messages: `string '+OK'`. */
  readonly what: string;
  /** Undefined: wait for more. The verdict of a step that is not the last only counts when it failed. */
  readonly judge: (received: Received, on: CheckEvaluation, step: StepPlace) => Verdict | undefined;
  readonly timeoutStatus: 'L4TOUT' | 'L6TOUT' | 'L7TOUT';
  /** What is said when it does not come in time; absent: the place in the script. */
  readonly missing?: string;
  /** A connection that breaks is as good as one that ends. */
  readonly anyEnd?: boolean;
}

export interface RunStep {
  readonly kind: 'run';
  readonly run: (on: CheckEvaluation) => void;
}

/** What messages say about a step: its number, as HAProxy counts, and the comment that was written for it. */
export interface StepPlace {
  readonly number: number;
  /** Its own `comment`. */
  readonly comment: string | undefined;
  /** That, or the `tcp-check comment` right before it. */
  readonly remark: string | undefined;
}

export type CheckStep = (ConnectStep | SendStep | ExpectStep | RunStep) & StepPlace;

/** `external-check`: a program that finds out how a server is. */
export interface CheckProgram {
  readonly command: string;
  /** Its PATH. */
  readonly path: string;
  /** The first address of its `listen`; undefined: a backend has none. */
  readonly proxy: { readonly host: string; readonly port: number | undefined } | undefined;
  /** What servers are spoken to in: `h1`, `tcp`. */
  readonly protocol: string;
}

/** One health check, step by step (HAProxy: `tcp-check`, `http-check` and the checks of protocols, which are scripts too). */
export interface CheckScript {
  readonly kind: 'connect' | 'tcp' | 'http' | 'protocol';
  readonly steps: readonly CheckStep[];
  /** Instead of any steps: a program is run. */
  readonly program?: CheckProgram | undefined;
}
