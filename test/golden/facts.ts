import type { CheckScript, CheckStep } from '../../packages/router/src/model/check.ts';

/** One `path = value` line per fact; functions and positions are omitted. */
export function facts(value: unknown, path: string): string[] {
  if (typeof value === 'function' || value === undefined) return [];
  if (value instanceof Map) return [...value].flatMap(([key, inner]) => facts(inner, `${path}.${String(key)}`));
  if (value instanceof Set) return facts([...value], path);
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return [`${path} = [${value.join(', ')}]`];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => facts(item, `${path}[${index}]`));
  if (path.endsWith('.checkScript')) return [`${path} = ${scriptText(value)}`];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      key === 'at' ? [] : facts(inner, path === '' ? key : `${path}.${key}`),
    );
  }
  return [`${path} = ${JSON.stringify(value)}`];
}

/** `http: 0 connect, 1 send, 2 expect status`: the steps of a health check, whose bytes are functions. */
function scriptText(script: unknown): string {
  const { kind, steps } = script as CheckScript;
  return `${kind}: ${steps.map(stepText).join(', ')}`;
}

function stepText(step: CheckStep): string {
  const { number, kind, remark } = step;
  const comment = remark === undefined ? '' : ` (${remark})`;
  if (step.kind === 'expect') return `${number} expect ${step.what}${comment}`;
  if (step.kind !== 'connect' || step.implicit) return `${number} ${kind}${comment}`;
  const { inherits, host, port, sendProxy, ssl, sni, alpn, linger } = step;
  return `${number} connect ${JSON.stringify({ inherits, host, port, sendProxy, ssl, sni, alpn, linger })}${comment}`;
}
