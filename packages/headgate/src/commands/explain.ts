import { readQuestion, router } from '@headgate/router/half';
import { addressText } from '@headgate/shared/net/endpoint';
import { configurationFiles } from '@headgate/shared/process/files';
import type { Command } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { select } from '@headgate/tls-terminator/half';
import type { CertificateFacts, Service } from '@headgate/tls-terminator/half';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadBoth } from '../config/load.ts';
import type { Both } from '../model/both.ts';

const routers: Command | undefined = router.commands['explain'];

/** `headgate explain`: which certificate a client gets, then what the router's rules make of its request. */
export const explainBoth: Command = {
  summary: routers?.summary ?? '',
  async run(args, io) {
    const question = args.includes('--live') ? undefined : readQuestion(args);
    if (typeof question === 'object' && question.format === 'text' && question.facts.connection.tls !== undefined) {
      const files = configurationFiles(question.files, DEFAULT_FILES, FILE_ENDINGS);
      const { snapshot } = files.length === 0 ? { snapshot: undefined } : await loadBoth(files, new Reads());
      const name = question.facts.connection.tls.sni;
      const port = /:(\d+)$/.exec(question.facts.header('host')[0] ?? '')?.[1];
      if (snapshot !== undefined)
        for (const lines of terminating(snapshot, name, port, question.frontend)) io.out(`${lines.join('\n')}\n\n`);
    }
    return routers?.run(args, io) ?? 1;
  },
};

/** What each service of the terminator that the client can mean does with it. */
export function terminating(
  { terminator, router: routing }: Both,
  name: string,
  port: string | undefined,
  frontend: string | undefined,
): readonly (readonly string[])[] {
  const services = terminator?.services ?? [];
  return services
    .filter(
      ({ accepts }) =>
        port === undefined || accepts.some((accept) => accept.kind === 'tcp' && String(accept.port) === port),
    )
    .flatMap((service) => {
      const to = routing.frontends.find(({ binds }) => binds.some(({ address }) => leadsTo(service, address)));
      return frontend === undefined || to?.name === frontend ? [serviceLines(service, name, to?.name)] : [];
    });
}

function leadsTo({ connects }: Service, address: { readonly kind: string; readonly path?: string }): boolean {
  return connects.some(
    (connect) => connect.kind === 'unix' && address.kind === 'unix' && connect.path === address.path,
  );
}

function serviceLines(service: Service, name: string, frontend: string | undefined): readonly string[] {
  const { tls, accepts, at } = service;
  const places = accepts.map((accept) => (accept.kind === 'tcp' ? addressText(accept.host, accept.port) : accept.path));
  const first = `service ${service.name} (${at.file}:${at.line}) accepts on ${places.join(', ')}`;
  const end =
    frontend === undefined ? `=> ${service.connects.map(({ text }) => text).join(', ')}` : `=> frontend ${frontend}`;
  if (tls === undefined) return [first, end];
  const named = tls.names === undefined ? undefined : select(tls.names, name);
  if (tls.names?.strict === true && named === undefined)
    return [
      first,
      `=> refused in the handshake: no certificate is for ${name === '' ? 'a client that names no host' : `'${name}'`}`,
    ];
  const chosen = named?.pairs.map(({ facts }) => facts) ?? (tls.certificate === undefined ? [] : [tls.certificate]);
  const { verification } =
    named === undefined || named.variant === 0 ? tls : (tls.names?.variants[named.variant - 1] ?? tls);
  const asked = verification.require ? 'required' : verification.request ? 'optional' : 'none';
  return [
    first,
    ...chosen.map(
      (facts) => `certificate  ${certificateText(facts)}${named === undefined ? ', for every other name' : ''}`,
    ),
    ...(asked === 'none' ? [] : [`verify       ${asked}`]),
    end,
  ];
}

function certificateText({ subject, file, notAfter }: CertificateFacts): string {
  return `${subject} of ${file}, valid until ${notAfter.toISOString().slice(0, 10)}`;
}
