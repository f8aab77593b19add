import type { ProcessRow } from '../process/old-processes.ts';

const HEADER = row('#<PID>', '<type>', '<reloads>', '<uptime>', '<version>');

/**
 * `show proc` in the form of HAProxy's master. Processes that have handed over are listed as old workers; `reloads`: the upgrades
 * that they have outlived.
 */
export function showProcesses(rows: readonly ProcessRow[]): string {
  const of = (kind: ProcessRow['kind']): readonly string[] => rows.filter((one) => one.kind === kind).map(textOf);
  const old = of('old');
  const lines = [
    HEADER,
    ...of('master'),
    '# workers',
    ...of('worker'),
    ...(old.length > 0 ? ['# old workers', ...old] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function textOf({ pid, kind, upgrades, uptime, version }: ProcessRow): string {
  return row(String(pid), kind === 'master' ? kind : 'worker', String(upgrades), uptimeText(uptime), version);
}

function row(...cells: readonly string[]): string {
  return cells.map((cell) => cell.padEnd(15)).join(' ');
}

function uptimeText(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}d${two((seconds / 3600) % 24)}h${two((seconds / 60) % 60)}m${two(seconds % 60)}s`;
}
