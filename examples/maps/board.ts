/** A pin on the map, in thousandths of its width and height. */
export interface Pin {
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

/** Maximum number of pins; the oldest is removed first. */
const mostPins = 200;

/** The state all tabs share: the pins, newest last. */
export class Board {
  #pins: readonly Pin[] = [];

  get pins(): readonly Pin[] {
    return this.#pins;
  }

  drop(pin: Pin): void {
    this.#pins = [...this.#pins, pin].slice(-mostPins);
  }

  clear(): void {
    this.#pins = [];
  }
}

/** Parses a pin from untrusted input; undefined when invalid. */
export function readPin(value: unknown, colour: string): Pin | undefined {
  if (typeof value !== 'object' || value === null || !('x' in value) || !('y' in value)) return undefined;
  const { x, y } = value;
  return isPlace(x) && isPlace(y) ? { x: Math.round(x), y: Math.round(y), colour } : undefined;
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1000;
}
