/** Milliseconds that a Retry-After field asks for (RFC 9110 §10.2.3): seconds or a date. Undefined when there is none, or none that makes sense. */
export function retryAfter(field: string | undefined, now: number): number | undefined {
  if (field === undefined) return undefined;
  const text = field.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
