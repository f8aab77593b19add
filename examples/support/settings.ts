import process from 'node:process';
import { parseArgs } from 'node:util';

/** The ports of the demo. Each has a flag and an environment variable: `--https-port`, HTTPS_PORT. */
export const ports = { https: 8443, http: 8080, router: 8081, coltrane: 8000, maps: 3000 };
export type Ports = typeof ports;
export type PortName = keyof Ports;

export const portNames: readonly PortName[] = ['https', 'http', 'router', 'coltrane', 'maps'];

export const variable = (name: PortName): string => `${name.toUpperCase()}_PORT`;

export const usage = `Usage: npm start -- [options]

Runs both halves of Headgate in front of two demo applications, until Ctrl-C.

${portNames.map((name) => `  ${`--${name}-port N`.padEnd(20)} ${variable(name).padEnd(14)} ${ports[name]}`).join('\n')}
  --help
`;

/** Reads flags, then the environment, then the defaults. Returns undefined for `--help`; throws on errors. */
export function readPorts(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Ports | undefined {
  const values: Readonly<Record<string, unknown>> = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(portNames.map((name) => [`${name}-port`, { type: 'string' } as const])),
    },
  }).values;
  if (values['help'] === true) return undefined;
  const chosen = { ...ports };
  for (const name of portNames) {
    const flag = values[`${name}-port`];
    const [text, source] = typeof flag === 'string' ? [flag, `--${name}-port`] : [env[variable(name)], variable(name)];
    if (text === undefined) continue;
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new RangeError(`'${text}' is not a port (${source})`);
    chosen[name] = port;
  }
  return chosen;
}
