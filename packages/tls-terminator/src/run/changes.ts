import { addressText } from '@headgate/shared/net/endpoint';
import { namesChanged } from '@headgate/shared/process/changes';
import type { Snapshot } from '../model/snapshot.ts';

/** How a configuration differs from the one before it, as the log of a reload says it. */
export function changesOf(before: Snapshot, after: Snapshot): readonly string[] {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const certificates = after.services.flatMap(({ name, tls }) => {
    const certificate = tls?.certificate;
    const was = old.get(name)?.tls?.certificate;
    if (was === undefined || certificate === undefined || was.fingerprint256 === certificate.fingerprint256) return [];
    return [
      `service ${name} has another certificate: ${certificate.subject}, valid until ${certificate.notAfter.toISOString()}`,
    ];
  });
  return [
    ...namesChanged('address', addressesOf(before), addressesOf(after)),
    ...namesChanged(
      'service',
      old.keys(),
      after.services.map(({ name }) => name),
    ),
    ...certificates,
  ];
}

function addressesOf({ services }: Snapshot): readonly string[] {
  return services.flatMap(({ accepts }) =>
    accepts.map((accept) => (accept.kind === 'unix' ? accept.path : addressText(accept.host, accept.port))),
  );
}
