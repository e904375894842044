/** Takes what a test must put back when it is over; the last thing made is the first undone. */
export type Undo = (step: () => unknown) => void;

/** Undoes after `scope` (a test's context, or `{ after }` of node:test for a whole file), also when the test failed. */
export function undoAfter(scope: { after(run: () => Promise<void>): void }): Undo {
  const steps: (() => unknown)[] = [];
  scope.after(() => undoAll(steps));
  return (step) => steps.push(step);
}

async function undoAll(steps: (() => unknown)[]): Promise<void> {
  const faults: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, "clean-up failed");
}
