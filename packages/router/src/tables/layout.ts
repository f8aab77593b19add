import { dataTypes, type DataTypeName, type Stored } from './data-types.ts';
import { RATE_WIDTH } from './rate.ts';

/** Where the values of one data type are in an entry. */
export interface Slot {
  readonly stored: Stored;
  readonly at: number;
  readonly kind: (typeof dataTypes)[DataTypeName]['kind'];
}

/** What an event of one type adds to: its count, its rate, or both. */
export interface Counted {
  readonly slot: Slot | undefined;
  readonly rate: Slot | undefined;
}

/** Where a table has what it stores. */
export interface Layout {
  readonly slots: Partial<Record<DataTypeName, Slot>>;
  /** What counts events of each type: every request asks, so it is looked up once. Nothing where neither is stored. */
  readonly counted: Partial<Record<DataTypeName, Counted>>;
  /** Values of one entry. */
  readonly width: number;
}

export function layOut(stored: readonly Stored[]): Layout {
  const slots: Partial<Record<DataTypeName, Slot>> = {};
  const counted: Partial<Record<DataTypeName, Counted>> = {};
  let at = 0;
  for (const one of stored) {
    const { kind } = dataTypes[one.type];
    const width = kind === 'rate' ? RATE_WIDTH : 1;
    slots[one.type] = { stored: one, at, kind };
    at += width * one.size;
  }
  for (const type of Object.keys(dataTypes) as DataTypeName[]) {
    const slot = slots[type];
    // A table may store the rate alone.
    const { rate: its } = dataTypes[type] as { readonly rate?: DataTypeName };
    const rate = its === undefined ? undefined : slots[its];
    if (slot !== undefined || rate !== undefined) counted[type] = { slot, rate };
  }
  return { slots, counted, width: at };
}
