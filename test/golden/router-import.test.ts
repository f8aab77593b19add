import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withModes } from '@headgate/router/commands/implied-modes';
import { toYaml } from '@headgate/router/commands/to-yaml';
import { compile } from '@headgate/router/config/compile';
import { readText } from '@headgate/router/config/read';
import { Problems } from '@headgate/shared/config/problem';
import type { Snapshot } from '@headgate/router/model/snapshot';
import type { RawConfig } from '@headgate/shared/config/raw';
import { facts } from './facts.ts';

const directory = join(import.meta.dirname, 'router-config');
const io = { readFile: () => 'HTTP/1.1 503 Sorry\n\nback soon\n' };

function read(text: string, file: string): RawConfig {
  const problems = new Problems();
  const raw = readText(text, file, {}, problems);
  assert.equal(problems.hasErrors, false, JSON.stringify(problems.list));
  return raw;
}

const EXTRA: Readonly<Record<string, string>> = {
  'a default-server between servers': `
listen l
    bind :80
    server a localhost:1
    default-server weight 9 check
    server b localhost:2 weight 3
`,
  'words that need quotes in either format': String.raw`
frontend "f"
    bind :80 name "a: b"
    acl a path_reg ^/x\.y$ '^/a b' "it's" "" true -- -x
    acl a hdr(x) -m str "a\"b" 'a#b' a\#b {
    use_backend f if a
    log-tag true
    monitor-uri "/'"
backend f
    option httpchk GET "/#x"
`,
  'connections of a check with words of their own': `
listen l
    bind :80
    option tcp-check
    tcp-check connect port 81 ssl sni a.test alpn http/1.1,h2 comment "over TLS"
    tcp-check connect default linger send-proxy
    server a localhost:1 check ssl verify none
`,
};

/** The numbers of proxies with an `id`. */
function numbers({ sections }: RawConfig, snapshot: Snapshot | undefined): readonly string[] {
  const named = sections.filter(({ statements }) => statements.some(({ words }) => words[0].text === 'id'));
  const names = new Set(named.map(({ name }) => name?.text));
  const proxies = [...(snapshot?.frontends ?? []), ...(snapshot?.backends.values() ?? [])];
  return proxies.filter(({ name }) => names.has(name)).map(({ name, number }) => `${name} ${number}`);
}

/** A proxy's number is its place in the file, and YAML has all frontends first; an `id` stays. */
function withoutPlace(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/^(?:frontends|backends)[^ ]*\.number = /.test(line));
}

const files = readdirSync(directory).filter((name) => name.endsWith('.cfg'));
for (const [name, text] of [
  ...files.map((file) => [file, readFileSync(join(directory, file), 'utf8')] as const),
  ...Object.entries(EXTRA),
]) {
  const problems = new Problems();
  const raw = readText(text, name, {}, problems);
  const { snapshot } = compile(raw, io, problems);
  if (snapshot === undefined) continue;
  test(`imported as YAML it has the same meaning: ${name}`, () => {
    const yaml = toYaml(withModes(raw), []);
    const again = compile(read(yaml, 'imported.yaml'), io);
    assert.deepEqual(withoutPlace(facts(again.snapshot, '')), withoutPlace(facts(snapshot, '')), yaml);
    assert.deepEqual(numbers(raw, again.snapshot).toSorted(), numbers(raw, snapshot).toSorted());
  });
}
