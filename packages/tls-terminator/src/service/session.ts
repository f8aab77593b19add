import { KEY_UPDATES } from '@headgate/shared/net/link';
import type { Link, LinkError, LinkUser, MeasuredLink } from '@headgate/shared/net/link';
import { endings } from '../model/errors.ts';
import type { EndingCode } from '../model/errors.ts';
import { Delivery } from './delivery.ts';
import { Intake, MOST_BARREN } from './intake.ts';
import { proxyHeader } from './proxy-header.ts';
import { Reach } from './reach.ts';
import type { SessionParts } from './session-parts.ts';
import { REQUEST_LINE, unavailable } from './unavailable.ts';

/**
 * Encrypted bytes that may wait for a client. Far more than a session lets wait for one that reads slowly (Delivery): what is
 * beyond was not our doing. OpenSSL answers some records by itself (a KeyUpdate that asks for one, a refused
 * renegotiation), and the runtime keeps these answers, without limit, for a client that never reads.
 */
export const MOST_UNSENT = 1024 * 1024;

/** How long a client that was told that no server is there may take to end, in milliseconds. */
const LINGER = 2000;

/**
 * The life of one TLS connection after its handshake, and the specification of a terminator: connect to a server,
 * say who is calling, carry bytes both ways, let each side end when it wants, and tell what happened.
 *
 * Nothing large is allocated per chunk; there are no timers, the service's clock calls `expire`.
 * The file is longer than its neighbours because the order of these steps is the point.
 */
export class Session implements LinkUser {
  readonly #parts: SessionParts;
  readonly #client: MeasuredLink;
  readonly #intake: Intake;
  readonly #delivery: Delivery;
  readonly #reach: Reach;
  /** The server, once it is connected. */
  #server: Link | undefined;
  /** Links that have not closed yet. */
  #open = 1;
  /** Who ended first, until something worse happens; final once `#stopped`. */
  #ending: EndingCode | undefined;
  #stopped = false;
  #transferring = false;
  /** There is no server, and the client was told so. */
  #answered = false;
  #greeted = false;
  #clientEnded = false;
  #serverEnded = false;
  readonly #began = performance.now();
  /** When something last happened. */
  #since: number;
  #bytesToClient = 0;
  #bytesToServer = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.#since = parts.clock.now;
    this.#intake = new Intake({
      client: parts.client,
      heard: () => (this.#since = this.#transferring ? parts.clock.now : this.#since),
      passed: (bytes) => (this.#bytesToServer += parts.log.toServer(bytes)),
      finished: () => this.#clientFinished(),
    });
    this.#delivery = new Delivery({ client: parts.client, more: () => this.#clientTook() });
    this.#reach = new Reach({
      ...parts,
      attempt: (step) => this.#attempt(step),
      greet: (text) => this.#greet(text),
      reached: (server, name, early) => this.#attempt(() => this.#connected(server, name, early)),
      failed: () => this.#unreachable(),
    });
    // From the beginning: a client may end before a server is reached.
    this.#client.user = this;
    this.#client.resume();
  }

  /**
   * From here events carry on; `onEnd` is called once both links have closed. stunnel contacts no server before the handshake
   * succeeded, and neither do we.
   */
  start(): void {
    this.#reach.start();
  }

  /** It waits for no server that is not there any more: the program is about to stop. */
  hurry(): void {
    this.#reach.hurry();
  }

  /** What throws is a fault of ours: this session ends, the others go on. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#parts.log.broken(this.#parts.arrival, error);
      this.stop();
    }
  }

  /** Nobody is there. Who speaks HTTP is told so; what it still sends is dropped, for a reset would overtake the page. */
  #unreachable(): void {
    const page = unavailable(this.#intake.early(REQUEST_LINE));
    if (page === undefined) return this.#stop('CONNECT_FAILED');
    this.#answered = true;
    this.#ending = 'CONNECT_FAILED';
    this.#since = this.#parts.clock.now;
    this.#bytesToClient += page.length;
    this.#intake.discard();
    this.#client.write(page);
    this.#client.end();
  }

  // ---- reports of the client -------------------------------------------------------------------

  opened(): void {}

  data(chunk: Buffer): boolean {
    return this.#intake.take(chunk);
  }

  ended(): void {
    this.#clientEnded = true;
    if (this.#transferring) this.#alive();
    this.#intake.end();
  }

  drained(): void {}

  closed(error: LinkError | undefined): void {
    if (error?.code === KEY_UPDATES) this.#stop('CLIENT_BARREN');
    else if (error !== undefined) this.#clientFailed();
    if (this.#answered) this.#intake.close();
    else if (!this.#transferring) this.#stop('CLIENT_GONE');
    else if (!(this.#clientEnded && this.#serverEnded)) this.#stop('CLIENT_RESET');
    this.#closed();
  }

  // ---- reports of the server -------------------------------------------------------------------

  readonly #serverSide: LinkUser = {
    opened() {},
    data: (chunk) => {
      this.#since = this.#parts.clock.now;
      this.#bytesToClient += this.#parts.log.toClient(chunk.length);
      if (!this.#delivery.pass(chunk)) this.#server?.pause();
      return false;
    },
    ended: () => {
      this.#serverEnded = true;
      this.#alive();
      this.#client.end(this.#left);
    },
    drained: () => {
      this.#alive();
      this.#intake.drained();
    },
    closed: (error) => {
      if (error !== undefined) this.#serverFailed();
      if (!this.#serverEnded) this.#stop('SERVER_RESET');
      this.#closed();
    },
  };

  /** The end has left for one of the sides. */
  readonly #left = (): void => this.#alive();

  /**
   * Says who is calling, then carries bytes. The PROXY header leaves before any byte of the client, and together with
   * its first ones when they are there already. It is not counted, as in stunnel.
   */
  #connected(server: Link, name: string, early: Buffer | undefined): void {
    this.#server = server;
    this.#open += 1;
    server.user = this.#serverSide;
    const { service, arrival, log } = this.#parts;
    const tls = this.#parts.describe(server);
    log.connected(arrival, tls, name, this.#reach.refused);
    // From here bytes go both ways; who cannot take more stops the other; an end is passed on, and the way back stays open.
    this.#transferring = true;
    this.#alive();
    this.#intake.open(server, proxyHeader(service.proxyProtocol, arrival, tls));
    if (early !== undefined && early.length > 0) this.#serverSide.data(early);
    server.resume();
  }

  /** The first words of a server, which its protocol lets the client see before TLS. */
  #greet(text: string): void {
    // A second server's greeting, when the first one failed after it, would be one too many.
    if (this.#stopped || this.#greeted || this.#client.writeEnded) return;
    this.#greeted = true;
    this.#bytesToClient += text.length;
    this.#client.write(Buffer.from(text, 'latin1'));
  }

  /** The client has ended, and the server was given all that it said. */
  #clientFinished(): void {
    if (this.#answered) return;
    this.#alive();
    if (this.#server !== undefined) this.#endServer(this.#server);
  }

  /**
   * Tells the server that the client has ended, when all that it said has left: a socket that ends while bytes wait cannot be
   * reset any more, and its server would take what it gets for the whole.
   */
  #endServer(server: Link): void {
    if (server.waiting > 0) server.whenTaken(() => this.#endServer(server));
    // Nothing is left to say to a server that has ended too: closing says the end as well, and is one system call less. Not in TLS.
    else if (this.#serverEnded && this.#parts.outbound === undefined) server.close();
    else server.end(this.#left);
  }

  #clientTook(): void {
    this.#alive();
    this.#server?.resume();
  }

  #alive(): void {
    if (this.#clientEnded !== this.#serverEnded) this.#ending ??= this.#clientEnded ? 'CLIENT_CLOSED' : 'SERVER_CLOSED';
    this.#since = this.#parts.clock.now;
  }

  /** Called at every tick of the clock. */
  expire(now: number): void {
    if (this.#client.unsent > MOST_UNSENT) return this.#stop('CLIENT_FLOODED');
    if (this.#intake.barren > MOST_BARREN) return this.#stop('CLIENT_BARREN');
    if (this.#clientVanished()) return this.#clientFailed();
    if (this.#serverVanished()) return this.#stop('SERVER_RESET');
    if (!this.#transferring) this.#reach.expire(now);
    if (now - this.#since < this.#patience()) return;
    if (this.#answered) return this.#stop('CONNECT_FAILED');
    this.#stop(this.#ending === undefined || this.#delivering() ? 'IDLE_TIMEOUT' : 'CLOSE_TIMEOUT');
  }

  /** A reset that no event told of: nothing is read from a client that has ended, or whose server takes nothing now. */
  #clientVanished(): boolean {
    const silent = this.#clientEnded || this.#intake.stopped;
    return silent && this.#client.vanished();
  }

  #serverVanished(): boolean {
    const server = this.#server;
    if (server === undefined) return false;
    return (this.#serverEnded || server.paused) && server.vanished();
  }

  /**
   * How long nothing may happen. When a side has ended and all it said was taken, the other has TIMEOUTclose to end too; as in
   * stunnel 0 is no time at all there, and for ever elsewhere.
   */
  #patience(): number {
    const { idle, close } = this.#parts.service.timeouts;
    if (this.#answered) return LINGER;
    if (!this.#transferring) return Number.POSITIVE_INFINITY;
    if (this.#ending !== undefined && !this.#delivering()) return close;
    return idle === 0 ? Number.POSITIVE_INFINITY : idle;
  }

  /** What one side said last is still on its way to the other, which reads slowly. */
  #delivering(): boolean {
    const server = this.#server;
    const toServer = server !== undefined && (server.ending || server.waiting > 0);
    return toServer || this.#intake.held > 0 || this.#client.ending || this.#client.waiting > 0;
  }

  /** Ends it at once, whatever is under way. */
  stop(): void {
    this.#stop('STOPPED');
  }

  #clientFailed(): void {
    this.#stop(this.#answered ? 'CONNECT_FAILED' : this.#transferring ? 'CLIENT_RESET' : 'CLIENT_GONE');
  }

  /**
   * A server that has said all it had to say and then refuses what the client still sends (an early HTTP error does this)
   * has not cut its answer short: the client gets the rest of it, and a clean end.
   */
  #serverFailed(): void {
    if (this.#serverEnded) this.#intake.drained();
    else this.#stop('SERVER_RESET');
  }

  /** Closes both sides now: with a reset after a failure, so that neither takes a cut-off answer for a whole one. */
  #stop(code: EndingCode): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#ending = code;
    this.#intake.close();
    this.#reach.stop();
    this.#tell(code);
    const { service } = this.#parts;
    // A server that has not ended may have had more to say: its answer must not look whole.
    const byReset = service.reset && (endings[code].reset || !this.#serverEnded);
    if (byReset) this.#client.reset();
    else this.#client.close();
    const server = this.#server;
    // Who was told the end has all that the client said, be it in the kernel only: a reset would take it back.
    if (byReset && server !== undefined && !server.writeEnded) server.reset();
    else server?.close();
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open > 0 || this.#ending === undefined) return;
    if (!this.#stopped) this.#tell(this.#ending);
    this.#parts.onEnd();
  }

  /** The last line. Of a session that is cut at once: a process that stops has no time to see its sockets close. */
  #tell(code: EndingCode): void {
    this.#parts.log.ended(this.#parts.arrival, code, {
      toClient: this.#bytesToClient,
      toServer: this.#bytesToServer,
      refused: this.#reach.refused,
      seconds: (performance.now() - this.#began) / 1000,
    });
  }
}
