import { parseTimeMs } from '../text/time.ts';

/** What one answer tells of the clock of its sender. */
export interface ClockReading {
  /** What their clock said. */
  readonly theirMs: number;
  /** Their clock may have said up to this much more, as where only whole seconds are told. */
  readonly resolutionMs: number;
  /** When the answer was asked for and when it came, by our own clock. */
  readonly askedAtMs: number;
  readonly cameAtMs: number;
}

/** Clocks that differ by less are taken for the same: whole seconds and slow answers allow no finer measure. */
const AGREE_MS = 2_000;

/**
 * The clock of another machine, as its answers tell it. Its times are none of ours: before one is compared with ours it is
 * turned into what our clock said at that moment. Nothing is turned before the first reading, and nothing where the
 * clocks agree to two seconds.
 */
export class TheirClock {
  /** Between which bounds it is ahead of ours. */
  #aheadMs: { readonly low: number; readonly high: number } | undefined;
  #readings = 0;

  /** How often it was told so far: what was known before is old where it is as often as then. */
  get readings(): number {
    return this.#readings;
  }

  note({ theirMs, resolutionMs, askedAtMs, cameAtMs }: ClockReading): void {
    // Both clocks are read somewhere between the question and the answer. Ours may have been set meanwhile.
    if (!Number.isFinite(theirMs) || cameAtMs < askedAtMs) return;
    this.#readings += 1;
    const seen = { low: theirMs - cameAtMs, high: theirMs + resolutionMs - askedAtMs };
    const known = this.#aheadMs;
    const low = Math.max(known?.low ?? seen.low, seen.low);
    const high = Math.min(known?.high ?? seen.high, seen.high);
    // What contradicts all that was known shows that one of the clocks was set: it counts alone.
    this.#aheadMs = low <= high ? { low, high } : seen;
  }

  /**
   * Notes the `Date` of an answer of HTTP, if it is a success in JSON that no cache kept: what else comes from there, such as
   * the page of a portal, the error of a gateway or what a cache gives again, tells the clock of somebody else.
   */
  noteAnswer(
    { ok, headers }: { readonly ok: boolean; readonly headers: Pick<Headers, 'get'> },
    askedAtMs: number,
    cameAtMs: number,
  ): void {
    if (!ok || Number(headers.get('age') ?? 0) > 0) return;
    if (!/^application\/(?:[\w.-]{1,40}\+)?json\b/i.test(headers.get('content-type') ?? '')) return;
    const theirMs = parseTimeMs(headers.get('date') ?? '');
    if (theirMs !== undefined) this.note({ theirMs, resolutionMs: 1_000, askedAtMs, cameAtMs });
  }

  /** By how much it is ahead of ours, in milliseconds; less than 0 where it is behind. */
  get aheadMs(): number {
    if (this.#aheadMs === undefined) return 0;
    const { low, high } = this.#aheadMs;
    // An answer that was long waited for was given shortly before it came.
    const aheadMs = Math.round(low + Math.min(high - low, AGREE_MS) / 2);
    return Math.abs(aheadMs) < AGREE_MS ? 0 : aheadMs;
  }

  /** A moment of their clock, by ours. */
  toOurs(theirMs: number): number {
    return theirMs - this.aheadMs;
  }

  /** A moment of our clock, by theirs. */
  toTheirs(ourMs: number): number {
    return ourMs + this.aheadMs;
  }
}
