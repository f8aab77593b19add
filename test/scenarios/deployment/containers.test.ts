/**
 * docker-compose.yml without containers: every command of the images and services is run as written, from the
 * same relative paths, with other ports. What requires a Docker engine (networks, volumes, users) is not tested here.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from 'js-yaml';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { TestProcess, run } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { TempDir } from '../../support/temp.ts';
import { until } from '../../support/until.ts';
import { readStages, wordsOf } from './dockerfile.ts';
import type { Stage } from './dockerfile.ts';

interface Locked extends Omit<Service, 'build'> {
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly ulimits?: { readonly core?: number };
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
}

interface Service {
  readonly build: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const compose = load(readFileSync(inRepository('docker-compose.yml'), 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const stages = readStages(readFileSync(inRepository('docker/Dockerfile'), 'utf8'));
const images = ['router', 'tls-terminator', 'headgate', 'examples'];

function serviceOf(name: string): Service {
  const service = compose.services[name];
  assert.ok(service, `no service ${name}`);
  return service;
}

function stageOf(name: string): Stage {
  const stage = stages.get(name);
  assert.ok(stage, `no stage ${name}`);
  return stage;
}

test('docker-compose.yml refers only to existing files', () => {
  const names = Object.keys(compose.services);
  for (const [name, service] of Object.entries(compose.services)) {
    assert.ok(existsSync(inRepository(service.build.dockerfile)), `dockerfile of ${name}`);
    assert.ok(stages.has(service.build.target), `target of ${name}`);
    for (const other of Object.keys(service.depends_on ?? {}))
      assert.ok(names.includes(other), `${name} depends on ${other}`);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      assert.ok(source in compose.volumes || existsSync(inRepository(source)), `volume ${volume} of ${name}`);
    }
  }
  for (const half of ['router', 'terminator'])
    assert.equal(serviceOf(half).network_mode, 'service:network', 'both halves share one loopback, which neither owns');
});

test('every service of both compose files is confined, and its log is rotated', () => {
  for (const file of ['docker-compose.yml', 'compose.production.yml']) {
    const { services } = load(readFileSync(inRepository(file), 'utf8')) as {
      readonly services: Readonly<Record<string, Locked & { readonly '<<'?: Locked }>>;
    };
    for (const [name, own] of Object.entries(services)) {
      // js-yaml reads YAML 1.2, Compose also the merge key of 1.1.
      const service: Locked = { ...own['<<'], ...own };
      const story = `${name} in ${file}`;
      assert.equal(service.read_only, true, story);
      assert.deepEqual(service.cap_drop, ['ALL'], story);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], story);
      assert.equal(service.ulimits?.core, 0, story);
      assert.match(service.logging?.options?.['max-size'] ?? '', /^\d+m$/, story);
    }
    for (const half of ['router', 'terminator']) {
      assert.equal(services[half]?.network_mode, 'service:network');
      assert.deepEqual(services[half]?.depends_on?.['network'], { condition: 'service_started', restart: true });
    }
    assert.deepEqual(services['network']?.entrypoint, ['sleep', 'infinity']);
  }
});

test('the Dockerfile copies only existing files, and its images do not run as root', () => {
  for (const { name, instructions } of stages.values()) {
    for (const { word, text } of instructions) {
      if (word !== 'COPY') continue;
      const from = /^--from=(\S+)/.exec(text)?.[1];
      if (from !== undefined) assert.ok(stages.has(from), `${name}: ${text}`);
      const sources = text
        .replace(/^--from=\S+ /, '')
        .split(' ')
        .slice(0, -1);
      for (const source of sources) {
        const path = source.replace(/^\/app\/?/, '') || '.';
        assert.ok(existsSync(inRepository(path)) || /\/(?:dist|program)$/.test(path), `${name}: ${source}`);
      }
    }
  }
  for (const image of images) {
    const words = stageOf(image).instructions.map(({ word, text }) => `${word} ${text}`);
    assert.ok(words.includes('USER node'), image);
    assert.ok(words.includes('STOPSIGNAL SIGTERM'), image);
  }
});

scenario('every command of docker-compose.yml runs, and together they serve both applications over TLS', async (t) => {
  const dir = new TempDir(t);
  const ports = {
    https: await freePort(),
    http: await freePort(),
    health: await freePort(),
    coltrane: await freePort(),
    maps: await freePort(),
  };
  /** The names and ports as seen in a container. */
  const outside = (text: string): string =>
    text
      .replaceAll('/certificates', dir.join('certificates'))
      .replaceAll('/etc/headgate', dir.path)
      .replaceAll('coltrane:8000', `127.0.0.1:${ports.coltrane}`)
      .replaceAll('maps:3000', `127.0.0.1:${ports.maps}`)
      .replaceAll('8443', String(ports.https))
      .replaceAll('8080', String(ports.http))
      .replaceAll('8082', String(ports.health));
  for (const name of ['router.yaml', 'tls-terminator.yaml']) {
    dir.write(name, outside(readFileSync(inRepository(`docker/configs/${name}`), 'utf8')));
  }
  const commandOf = (name: string): readonly string[] => {
    const service = serviceOf(name);
    const stage = stageOf(service.build.target);
    const [node, ...args] = [...wordsOf(stage, 'ENTRYPOINT'), ...(service.command ?? wordsOf(stage, 'CMD'))];
    assert.equal(node, 'node', name);
    return args.map(outside);
  };
  const options = { cwd: inRepository('.'), env: { HOST: '127.0.0.1' } };
  const start = (name: string, env: NodeJS.ProcessEnv = {}): TestProcess =>
    new TestProcess(t, process.execPath, commandOf(name), { ...options, env: { ...options.env, ...env } });

  const made = await run(t, process.execPath, commandOf('certificate'), options);
  assert.equal(made.code, 0, made.stderr);
  const coltrane = start('coltrane', { PORT: String(ports.coltrane) });
  const maps = start('maps', { PORT: String(ports.maps) });
  const terminator = start('terminator');
  const router = start('router');
  await Promise.all([
    coltrane.ready([ports.coltrane]),
    maps.ready([ports.maps]),
    terminator.ready([ports.https]),
    router.ready([ports.http, ports.health]),
  ]);

  for (const name of ['router', 'tls-terminator']) {
    const [node, ...args] = wordsOf(stageOf(name), 'HEALTHCHECK').map(outside);
    assert.equal(node, 'node');
    const healthy = await run(t, process.execPath, args, options);
    assert.equal(healthy.code, 0, `the health check of ${name}: ${healthy.stderr}`);
  }

  const ca = readFileSync(dir.join('certificates/ca.pem'), 'utf8');
  for (const app of ['coltrane', 'maps']) {
    const asked = { ca, servername: `${app}.localhost`, headers: { Host: `${app}.localhost:${ports.https}` } };
    const answer = await until(`${app} to answer`, async () => {
      const got = await request(`https://127.0.0.1:${ports.https}/`, asked);
      return got.status === 200 ? got : undefined;
    });
    assert.match(answer.text, new RegExp(`<title>[^<]*${app}`, 'i'));
  }
  const { status, headers } = await request(`http://127.0.0.1:${ports.http}/a?b`, {
    from: '127.0.0.2',
    headers: { Host: 'maps.localhost' },
  });
  assert.deepEqual(
    { status, location: headers.location },
    { status: 302, location: `https://maps.localhost:${ports.https}/a?b` },
  );

  assert.deepEqual(await router.stop(), { code: 0, signal: null });
  const [, ...args] = wordsOf(stageOf('router'), 'HEALTHCHECK').map(outside);
  assert.equal((await run(t, process.execPath, args, options)).code, 1, 'a stopped router is not healthy');
});
