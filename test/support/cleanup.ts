import type { TestContext } from 'node:test';

type Cleanup = () => void | Promise<void>;

const stacks = new WeakMap<TestContext, Cleanup[]>();

/**
 * Runs `cleanup` when the test ends, last registered first: a program stops before its directory goes.
 * Every cleanup runs even when one of them fails; the first failure fails the test.
 */
export function onCleanup(t: TestContext, cleanup: Cleanup): void {
  const known = stacks.get(t);
  if (known !== undefined) {
    known.push(cleanup);
    return;
  }
  const stack = [cleanup];
  stacks.set(t, stack);
  t.after(() => unwind(stack));
}

async function unwind(stack: Cleanup[]): Promise<void> {
  const failures: unknown[] = [];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    try {
      await next();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
}
