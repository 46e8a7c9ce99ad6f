/** Long work in pieces: its caller may do something else between two of them. No piece takes longer than a few milliseconds. */
export type Pieces<Result> = Generator<undefined, Result, undefined>;

/** How long one turn may hold the event loop. */
const TURN_MS = 5;

/** Runs work to its end and lets the event loop turn every few milliseconds; what ends sooner never waits. */
export async function inTurns<Result>(work: Pieces<Result>): Promise<Result> {
  let startedAtMs = performance.now();
  for (let piece = work.next(); ; piece = work.next()) {
    if (piece.done === true) return piece.value;
    if (performance.now() - startedAtMs < TURN_MS) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    startedAtMs = performance.now();
  }
}

/** Runs work to its end at once: only for what is known to be small. */
export function atOnce<Result>(work: Pieces<Result>): Result {
  for (let piece = work.next(); ; piece = work.next()) {
    if (piece.done === true) return piece.value;
  }
}
