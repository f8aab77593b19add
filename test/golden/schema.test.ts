/** packages/router/router.schema.json: a JSON Schema of the YAML form, written from the registries. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { GLOBAL_DIRECTIVES, OPTIONS, PROXY_DIRECTIVES } from '@headgate/router/config/directives';
import { TIMEOUTS } from '@headgate/router/config/directives/timeouts';
import { SERVER_PARAMETERS } from '@headgate/router/config/server-parameters';
import { violations } from '../support/schema.ts';
import type { Schema } from '../support/schema.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'packages/router/router.schema.json');

interface Documented {
  readonly doc: string;
  readonly sections?: readonly string[];
}

/** Words as HAProxy writes them: a text, a number, `true` for the keyword alone and `false` for `no KEYWORD`; several, or by their first word. */
const VALUE: Schema = { $ref: '#/$defs/value' };
const TEXT: Schema = { type: ['string', 'number', 'boolean'] };

function section(kind: string, own: Readonly<Record<string, Schema>>): Schema {
  const words = Object.entries<Documented>(PROXY_DIRECTIVES).filter(([, { sections }]) => sections?.includes(kind));
  const properties = Object.fromEntries(words.map(([name, { doc }]) => [name, described(doc, VALUE)]));
  return { type: 'object', properties: { ...properties, ...own }, additionalProperties: false };
}

function described(description: string, schema: Schema): Schema {
  return { description, ...schema };
}

/** A mapping with these keys only. */
function keys(names: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties: names, additionalProperties: false };
}

function proxySection(kind: string): Schema {
  const options = Object.fromEntries(
    Object.entries<Documented>(OPTIONS)
      .filter(([, { sections }]) => sections?.includes(kind))
      .map(([name, { doc }]) => [name, described(doc, VALUE)]),
  );
  const timeouts = Object.fromEntries(Object.keys(TIMEOUTS).map((name) => [name, TEXT]));
  const back = kind !== 'frontend';
  const parameters = Object.fromEntries(
    Object.entries<Documented>(SERVER_PARAMETERS).map(([name, { doc }]) => [name, described(doc, VALUE)]),
  );
  const server: Schema = {
    anyOf: [TEXT, { type: 'object', properties: { address: TEXT, port: TEXT, ...parameters }, required: ['address'] }],
  };
  return section(kind, {
    option: described('Options by name; false switches one off.', {
      anyOf: [TEXT, { type: 'array', items: { anyOf: [TEXT, keys(options)] } }, keys(options)],
    }),
    timeout: described('Timeouts by name, such as 30s.', { anyOf: [keys(timeouts), { type: 'array' }] }),
    ...(kind === 'defaults'
      ? {}
      : {
          acl: described('Tests by name; several under one name are OR.', {
            type: 'object',
            additionalProperties: VALUE,
          }),
          rules: described('Rules, read from top to bottom.', { type: ['array', 'string'], items: TEXT }),
        }),
    ...(back && kind !== 'defaults'
      ? { servers: described('Servers by name.', { type: 'object', additionalProperties: server }) }
      : {}),
  });
}

function schema(): Schema {
  const globals = Object.fromEntries(
    Object.entries<Documented>(GLOBAL_DIRECTIVES).map(([name, { doc }]) => [name, described(doc, VALUE)]),
  );
  const named = (kind: string): Schema => ({ type: 'object', additionalProperties: proxySection(kind) });
  const lines = (names: readonly string[]): Schema => ({
    type: 'object',
    additionalProperties: keys(Object.fromEntries(names.map((name) => [name, VALUE]))),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Headgate router',
    description: 'The YAML configuration of headgate-router. Written from the tables that its compiler reads.',
    ...keys({
      global: { type: ['object', 'null'], properties: globals, additionalProperties: true },
      defaults: proxySection('defaults'),
      frontends: named('frontend'),
      backends: named('backend'),
      listens: named('listen'),
      userlists: lines(['user', 'group']),
      'http-errors': lines(['errorfile']),
    }),
    $defs: {
      value: {
        anyOf: [
          { type: ['string', 'number', 'boolean', 'null'] },
          { type: 'array', items: VALUE },
          { type: 'object', additionalProperties: VALUE },
        ],
      },
    },
  };
}

const read = (path: string): unknown => load(readFileSync(path, 'utf8'));
const yamlIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(root, folder, name));

test('router.schema.json matches the code (UPDATE_GOLDEN=1 rewrites it)', () => {
  const wanted = `${JSON.stringify(schema(), null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, wanted);
  assert.equal(readFileSync(file, 'utf8'), wanted);
});

for (const path of [join(root, 'configs/router.yaml'), ...yamlIn('configs/examples')])
  test(`the schema accepts ${path.slice(root.length + 1)}, which names it`, () => {
    assert.deepEqual(violations(schema(), read(path)), []);
    assert.match(readFileSync(path, 'utf8'), /^# yaml-language-server: \$schema=\S*router\.schema\.json$/m);
  });

test('the schema accepts the configurations of this folder that compile', () => {
  for (const path of yamlIn('test/golden/router-config')) {
    const compiled = !readFileSync(`${path}.txt`, 'utf8').includes('nothing starts');
    if (compiled) assert.deepEqual(violations(schema(), read(path)), [], path);
  }
});

test('the schema refuses what the compiler does not know', () => {
  const wrong: readonly (readonly [value: unknown, place: string])[] = [
    [{ frontend: {} }, '/frontend'],
    [{ frontends: { f: { bnd: ':80' } } }, '/frontends/f/bnd'],
    [{ backends: { b: { bind: ':80' } } }, '/backends/b/bind'],
    [{ backends: { b: { servers: { s: { port: 1 } } } } }, '/backends/b/servers/s'],
    [{ defaults: { timeout: { clint: '1s' } } }, '/defaults/timeout'],
    [{ frontends: { f: { option: ['httplg', { dontlogg: true }] } } }, '/frontends/f/option'],
  ];
  for (const [value, place] of wrong) assert.deepEqual(violations(schema(), value), [place], JSON.stringify(value));
});
