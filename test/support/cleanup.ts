import type { TestContext } from 'node:test';

type Cleanup = () => void | Promise<void>;

/** The pending cleanups of a test; `over` once it has ended. */
const stacks = new WeakMap<TestContext, Cleanup[] | 'over'>();

/**
 * Runs `cleanup` when the test ends, last registered first: a program stops before its directory is removed.
 * Every cleanup runs even when one of them fails; the first failure fails the test. What a loop starts after the end
 * of its test is cleaned up at once: otherwise the test process would never end.
 */
export function onCleanup(t: TestContext, cleanup: Cleanup): void {
  const known = stacks.get(t);
  if (known === 'over') {
    void cleanup();
    return;
  }
  if (known !== undefined) {
    known.push(cleanup);
    return;
  }
  const stack = [cleanup];
  stacks.set(t, stack);
  t.after(() => unwind(t, stack));
}

async function unwind(t: TestContext, stack: Cleanup[]): Promise<void> {
  const failures: unknown[] = [];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    try {
      await next();
    } catch (failure) {
      failures.push(failure);
    }
  }
  stacks.set(t, 'over');
  if (failures.length > 0) throw failures[0];
}
