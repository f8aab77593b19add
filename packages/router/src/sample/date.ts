const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

// Formatting dates is expensive and lines come in bursts: the text of the last second is cached. The functions remain pure.
let lastLocalSecond = -1;
let lastLocal = '';

/** `23/Nov/2026:06:47:44.612`, local time (HAProxy's %tr). */
export function localDate(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== lastLocalSecond) {
    const date = new Date(time);
    lastLocal = day(
      date.getDate(),
      date.getMonth(),
      date.getFullYear(),
      date.getHours(),
      date.getMinutes(),
      date.getSeconds(),
    );
    lastLocalSecond = second;
  }
  return `${lastLocal}.${milliseconds(time)}`;
}

/** `23/Nov/2026:07:47:44 +0100`, in the zone of the machine (HAProxy's %trl). */
export function zonedDate(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${localDate(time).slice(0, -4)} ${offset < 0 ? '-' : '+'}${two(hours)}${two(minutes)}`;
}

/** `23/Nov/2026:06:47:44 +0000`, always GMT (HAProxy's %trg). */
export function greenwichDate(time: number): string {
  const date = new Date(time);
  const text = day(
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  );
  return `${text} +0000`;
}

/** Three digits (HAProxy's %ms). */
export function milliseconds(time: number): string {
  const rest = Math.floor(time) % 1000;
  return rest < 10 ? `00${rest}` : rest < 100 ? `0${rest}` : String(rest);
}

function day(date: number, month: number, year: number, hours: number, minutes: number, seconds: number): string {
  return `${two(date)}/${months[month]}/${year}:${two(hours)}:${two(minutes)}:${two(seconds)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
