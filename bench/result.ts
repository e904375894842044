/** One contender's numbers of one round, by what was measured: `{ "MB/s": 31.5 }`. */
export type Measures = Readonly<Record<string, number>>;

export interface Row {
  readonly contender: string;
  /** In the order they were measured. */
  readonly rounds: readonly Measures[];
}

/** What a bench claims: a comparison within one run, so that another machine finds about the same. */
export interface Claim {
  readonly what: string;
  readonly value: number;
  /** "×", "ms", "MB", … */
  readonly unit: string;
  /** The smallest and largest value of a single round, where there were several. */
  readonly from?: number;
  readonly to?: number;
  /** The bar: at least, or at most this. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a bench hands over. */
export interface Result {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly how: string;
  readonly rows: readonly Row[];
  readonly claims: readonly Claim[];
}

/** Whether the bar is met; undefined without a bar. */
export function isMet({ value, atLeast, atMost }: Claim): boolean | undefined {
  if (atLeast === undefined && atMost === undefined) return undefined;
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
}
