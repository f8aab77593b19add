import type { Sint } from '../../model/values.ts';
import { operand, required } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { castOf } from '../cast.ts';
import { onNumber, onTruth } from '../row.ts';
import type { Converter, Step } from '../row.ts';
import { leadingInteger, MAX_SINT, sint, wrapped } from '../value.ts';

type Operation = (a: bigint, b: bigint) => Sint;

/** An integer operation with a constant or a variable that holds an integer; an unset variable gives no value. */
function operation(doc: string, example: string, small: (a: number, b: number) => number, large: Operation): Converter {
  const apply = (a: Sint, b: Sint): Sint => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = small(a, b);
      // Beyond 2^53 a number is not exact. `+ 0` turns -0 into 0.
      if (Number.isSafeInteger(result)) return result + 0;
    }
    return large(BigInt(a), BigInt(b));
  };
  return {
    from: 'sint',
    to: 'sint',
    args: [required('value', operand)],
    reads: (args) => (isVariable(args) ? ['variables'] : []),
    doc,
    example,
    compile(args): Step {
      if (!isVariable(args)) {
        const constant = leadingInteger(args.text(0));
        return onNumber((value) => apply(value, constant));
      }
      const name = args.text(0);
      return onNumber((value, on) => {
        const held = on.variables?.get(name);
        const other = held === undefined ? undefined : castOf(held.type, 'sint')?.(held.value);
        return typeof other === 'number' || typeof other === 'bigint' ? apply(value, other) : undefined;
      });
    },
  };
}

function isVariable(args: Args): boolean {
  return !/^[+-]?\d/.test(args.text(0));
}

/** JavaScript's 32-bit operators would truncate: anything but small numbers uses bigint. */
const NOT_SMALL = (): number => Number.NaN;

function plain(doc: string, example: string, run: (value: Sint) => Sint): Converter {
  return { from: 'sint', to: 'sint', doc, example, compile: () => onNumber(run) };
}

function parity(doc: string, example: string, rest: bigint): Converter {
  return { from: 'sint', to: 'bool', doc, example, compile: () => onNumber((value) => (BigInt(value) & 1n) === rest) };
}

/** Arithmetic and logic, with 64 bits and HAProxy's behaviour at the bounds: sums and products stay at the nearest bound. */
export const numbers: Readonly<Record<string, Converter>> = {
  add: operation(
    'Adds.',
    'int(40),add(2)',
    (a, b) => a + b,
    (a, b) => sint(a + b),
  ),
  sub: operation(
    'Subtracts.',
    'int(44),sub(2)',
    (a, b) => a - b,
    (a, b) => sint(a - b),
  ),
  mul: operation(
    'Multiplies.',
    'int(21),mul(2)',
    (a, b) => a * b,
    (a, b) => sint(a * b),
  ),
  div: operation(
    'Divides, rounding towards 0; by 0 gives the largest integer.',
    'int(84),div(2)',
    (a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b)),
    (a, b) => sint(b === 0n ? MAX_SINT : a / b),
  ),
  mod: operation(
    'The remainder of a division, with the sign of the dividend; of one by 0 it is 0.',
    'src_port,mod(4)',
    (a, b) => (b === 0 ? 0 : a % b),
    (a, b) => sint(b === 0n ? 0n : a % b),
  ),
  and: operation('Bits that are set in both.', 'int(7),and(2)', NOT_SMALL, (a, b) => wrapped(a & b)),
  or: operation('Bits that are set in either.', 'int(5),or(2)', NOT_SMALL, (a, b) => wrapped(a | b)),
  xor: operation('Bits that are set in one of the two.', 'int(7),xor(2)', NOT_SMALL, (a, b) => wrapped(a ^ b)),
  neg: plain('The negated value.', 'int(5),neg', (value) => sint(-BigInt(value))),
  cpl: plain('All bits inverted.', 'int(5),cpl', (value) => wrapped(~BigInt(value))),
  bool: {
    from: 'sint',
    to: 'bool',
    doc: 'True unless 0.',
    example: 'req.hdr_cnt(x-debug),bool',
    compile: () => onNumber((value) => value !== 0),
  },
  not: {
    from: 'sint',
    to: 'bool',
    doc: 'True for 0.',
    example: 'req.hdr_cnt(x-debug),not',
    compile: () => onNumber((value) => value === 0),
  },
  odd: parity('True for an odd integer.', 'src_port,odd', 1n),
  even: parity('True for an even integer.', 'src_port,even', 0n),
  iif: {
    from: 'bool',
    to: 'str',
    args: [required('true'), required('false')],
    doc: 'One text for true, another for false.',
    example: 'ssl_fc,iif(https,http)',
    compile(args) {
      const [yes, no] = [args.text(0), args.text(1)];
      return onTruth((value) => (value ? yes : no));
    },
  },
};
