import type { Severity } from '@headgate/shared/log/logger';

/** One way a session can end. */
export interface Ending {
  /** Who caused it. */
  readonly source: 'client' | 'server' | 'terminator';
  /** Everything sent was delivered, as far as TCP and TLS can tell: stunnel's "closed" as opposed to "reset". */
  readonly clean: boolean;
  /** With `reset = yes`, both sides are closed with RST. */
  readonly reset: boolean;
  /** The client may safely try again: nothing it sent reached the server. */
  readonly retry: boolean;
  readonly severity: Severity;
  readonly words: string;
}

/** Every way a session ends, by its stable code. */
export const endings = {
  CLIENT_CLOSED: {
    source: 'client',
    clean: true,
    reset: false,
    retry: false,
    severity: 'notice',
    words: 'the client ended it',
  },
  SERVER_CLOSED: {
    source: 'server',
    clean: true,
    reset: false,
    retry: false,
    severity: 'notice',
    words: 'the server ended it',
  },
  CLIENT_RESET: {
    source: 'client',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'the client broke off',
  },
  SERVER_RESET: {
    source: 'server',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'the server broke off',
  },
  CLIENT_FLOODED: {
    source: 'client',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'the client asked TLS for answers and did not read them',
  },
  CLIENT_BARREN: {
    source: 'client',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'the client kept TLS busy (key updates) and said nothing',
  },
  CLIENT_GONE: {
    source: 'client',
    clean: false,
    reset: true,
    retry: true,
    severity: 'info',
    words: 'the client left before a server was reached',
  },
  CONNECT_FAILED: {
    source: 'server',
    clean: false,
    reset: true,
    retry: true,
    severity: 'err',
    words: 'no server could be reached',
  },
  IDLE_TIMEOUT: {
    source: 'terminator',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'no byte either way within TIMEOUTidle',
  },
  CLOSE_TIMEOUT: {
    source: 'terminator',
    clean: false,
    reset: false,
    retry: false,
    severity: 'notice',
    words: 'one side had closed, the other did not within TIMEOUTclose',
  },
  STOPPED: {
    source: 'terminator',
    clean: false,
    reset: true,
    retry: false,
    severity: 'notice',
    words: 'the terminator stopped',
  },
} as const satisfies Record<string, Ending>;

export type EndingCode = keyof typeof endings;
