/** Times that bound an attempt. All in milliseconds. */
export interface DeadlinePolicy {
  /** Replaces a deadline when the hiring has none, counted from when the attempt was opened. */
  readonly maxDurationMs: number;
  /** This long before the deadline an attempt that no worker has taken is reported as failed. */
  readonly unacknowledgedMarginMs: number;
  /** This long after the deadline even an attempt whose worker is at work is reported as failed. */
  readonly maxOverdueMs: number;
}

/** When the attempt has to be done. */
export function deadlineOf(
  deadlineAtMs: number | undefined,
  openedAtMs: number,
  policy: DeadlinePolicy,
): number {
  return deadlineAtMs ?? openedAtMs + policy.maxDurationMs;
}

/** When an attempt that nobody has taken is given up, so that the hirer is refunded instead of left waiting. */
export function giveUpAtMs(
  deadlineAtMs: number | undefined,
  openedAtMs: number,
  policy: DeadlinePolicy,
): number {
  const deadline = deadlineOf(deadlineAtMs, openedAtMs, policy);
  // A hire that is shorter than the margin still gets half of its time.
  const margin = Math.min(policy.unacknowledgedMarginMs, Math.max(0, (deadline - openedAtMs) / 2));
  return deadline - margin;
}

/** The latest that an attempt may stay open after its worker took it: then it is reported as failed, no matter who it waits for. */
export function latestEndAtMs(
  deadlineAtMs: number | undefined,
  openedAtMs: number,
  policy: DeadlinePolicy,
): number {
  return deadlineOf(deadlineAtMs, openedAtMs, policy) + policy.maxOverdueMs;
}
