/** `26/Nov/2026:19:08:50.188`, in local time. */
export function captureDate(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const month = now.toLocaleString('en-US', { month: 'short' });
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  return `${two(now.getDate())}/${month}/${now.getFullYear()}:${time}.${String(now.getMilliseconds()).padStart(3, '0')}`;
}
