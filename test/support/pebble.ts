import type { TestContext } from 'node:test';
import { httpRequest } from '@headgate/shared/net/secure-transport';
import { makeCertificates } from './certificates.ts';
import { freePort } from './ports.ts';
import { TestProcess } from './process.ts';
import { TempDir } from './temp.ts';

export interface PebbleOptions {
  /** Where it validates tls-alpn-01 and http-01; every name is 127.0.0.1. */
  readonly tlsPort?: number;
  readonly httpPort?: number;
  /** Demands external accounts: id to key in base64url. */
  readonly external?: Readonly<Record<string, string>>;
  /** Percent of nonces that it refuses for no reason. */
  readonly badNonces?: number;
  /** Listens here instead of at a free port. */
  readonly port?: number;
}

/** Let's Encrypt's test server: an authority that speaks ACME and validates as a public one does. */
export class Pebble {
  readonly directory: string;
  readonly port: number;
  /** PEM file that its own certificate leads to. */
  readonly caFile: string;
  readonly ca: string;
  /** Where DNS records are set. */
  readonly dnsManagement: number;
  readonly #management: number;
  readonly #start: () => Promise<TestProcess>;
  #process: TestProcess | undefined;

  private constructor(parts: {
    port: number;
    management: number;
    dnsManagement: number;
    caFile: string;
    ca: string;
    start: () => Promise<TestProcess>;
  }) {
    this.port = parts.port;
    this.#management = parts.management;
    this.dnsManagement = parts.dnsManagement;
    this.caFile = parts.caFile;
    this.ca = parts.ca;
    this.#start = parts.start;
    this.directory = `https://localhost:${this.port}/dir`;
  }

  /** Not started yet: an authority that is away. */
  static async prepare(t: TestContext, options: PebbleOptions = {}): Promise<Pebble> {
    const dir = new TempDir(t);
    const { ca, caFile, keyFile, certFile } = makeCertificates(t, ['localhost']);
    const [port, management, dns, dnsManagement] = [
      options.port ?? (await freePort()),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const { external } = options;
    const config = dir.write(
      'pebble.json',
      JSON.stringify({
        pebble: {
          listenAddress: `127.0.0.1:${port}`,
          managementListenAddress: `127.0.0.1:${management}`,
          certificate: certFile,
          privateKey: keyFile,
          httpPort: options.httpPort ?? 9,
          tlsPort: options.tlsPort ?? 9,
          ocspResponderURL: '',
          externalAccountBindingRequired: external !== undefined,
          ...(external === undefined ? {} : { externalAccountMACKeys: external }),
        },
      }),
    );
    const names = ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`];
    const silent = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''];
    const resolver = new TestProcess(t, 'pebble-challtestsrv', [...names, ...silent]);
    await resolver.ready([dns, dnsManagement]);
    const env = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: String(options.badNonces ?? 0) };
    const start = async (): Promise<TestProcess> => {
      const started = new TestProcess(t, 'pebble', ['-config', config, '-dnsserver', `127.0.0.1:${dns}`], { env });
      await started.ready([port, management]);
      return started;
    };
    return new Pebble({ port, management, dnsManagement, caFile, ca, start });
  }

  static async start(t: TestContext, options: PebbleOptions = {}): Promise<Pebble> {
    const pebble = await Pebble.prepare(t, options);
    await pebble.start();
    return pebble;
  }

  async start(): Promise<void> {
    this.#process = await this.#start();
  }

  /** It is away from now on, and will have forgotten everything. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  get output(): string {
    return this.#process?.output ?? '';
  }

  /** The root that its certificates lead to; another one after each start. */
  async root(): Promise<string> {
    const request = { method: 'GET', authorities: this.ca, patience: 10_000, most: 65_536 } as const;
    return (await httpRequest(`https://localhost:${this.#management}/roots/0`, request)).body.toString();
  }
}
