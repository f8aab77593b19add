/** The first 32-bit words behind the binary point of π: where Blowfish has its boxes from, so that none is written down. */
export function wordsOfPi(count: number): Int32Array {
  const guard = 64n;
  const bits = BigInt(count * 32);
  const one = 1n << (bits + guard);
  // Machin: π = 16 arctan(1/5) - 4 arctan(1/239).
  const fraction = ((16n * arctan(5n, one) - 4n * arctan(239n, one)) >> guard) & ((1n << bits) - 1n);
  const bytes = Buffer.from(fraction.toString(16).padStart(count * 8, '0'), 'hex');
  return Int32Array.from({ length: count }, (_, index) => bytes.readInt32BE(index * 4));
}

/** The arc tangent of 1/x, in units of 1/one. */
function arctan(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  const square = x * x;
  for (let n = 3n, minus = true; power !== 0n; n += 2n, minus = !minus) {
    power /= square;
    sum += minus ? -(power / n) : power / n;
  }
  return sum;
}
