import { writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { freePort } from './ports.ts';
import { TestProcess } from './process.ts';
import { TempDir } from './temp.ts';

/** Debian's dnsmasq on a port of 127.0.0.1, over UDP and TCP, for names below `svc.test`. */
export class NameServer {
  readonly port: number;
  readonly #t: TestContext;
  readonly #dir: TempDir;
  #process: TestProcess | undefined = undefined;

  private constructor(t: TestContext, port: number) {
    this.#t = t;
    this.port = port;
    this.#dir = new TempDir(t);
  }

  /** `hosts`: names and their addresses; `more`: further lines of its configuration. */
  static async start(
    t: TestContext,
    hosts: Readonly<Record<string, readonly string[]>>,
    more: readonly string[] = [],
  ): Promise<NameServer> {
    const server = new NameServer(t, await freePort());
    server.#writeHosts(hosts);
    server.#dir.write(
      'dnsmasq.conf',
      [
        `port=${server.port}`,
        'listen-address=127.0.0.1',
        'bind-interfaces',
        'no-resolv',
        'no-hosts',
        `addn-hosts=${server.#dir.join('hosts')}`,
        'local=/svc.test/',
        'keep-in-foreground',
        `pid-file=${server.#dir.join('pid')}`,
        'user=',
        'log-facility=-',
        ...more,
        '',
      ].join('\n'),
    );
    await server.start();
    return server;
  }

  /** The lines of a `resolvers` section that asks it, with times that suit a test. */
  lines(...more: readonly string[]): readonly string[] {
    return [
      `nameserver n 127.0.0.1:${this.port}`,
      'timeout resolve 100ms',
      'timeout retry 500ms',
      'resolve_retries 1',
      ...['nx', 'other', 'refused', 'timeout'].map((status) => `hold ${status} 0`),
      ...more,
    ];
  }

  /** Changes its mind: from now on these are the names and addresses. */
  say(hosts: Readonly<Record<string, readonly string[]>>): void {
    this.#writeHosts(hosts);
    this.#process?.signal('SIGHUP');
  }

  async start(): Promise<void> {
    this.#process = new TestProcess(this.#t, '/usr/sbin/dnsmasq', ['-C', this.#dir.join('dnsmasq.conf')]);
    await this.#process.ready([this.port]);
  }

  async stop(): Promise<void> {
    await this.#process?.stop('SIGTERM');
  }

  #writeHosts(hosts: Readonly<Record<string, readonly string[]>>): void {
    const lines = Object.entries(hosts).flatMap(([name, addresses]) => addresses.map((one) => `${one} ${name}\n`));
    writeFileSync(this.#dir.join('hosts'), lines.join(''), { mode: 0o644 });
  }
}
