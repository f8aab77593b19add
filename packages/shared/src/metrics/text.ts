/** The text format of Prometheus: a header for each metric, then a line for each of its series. */
export class MetricsText {
  #lines: string[] = [];

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  begin(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  /** `labels` as `labelsOf` makes them. */
  add(name: string, labels: string, value: number | undefined): void {
    this.#lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${value === undefined ? 'NaN' : numberText(value)}`);
  }
}

/** `proxy="web",code="2xx"`. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`)
    .join(',');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return String(value);
}
