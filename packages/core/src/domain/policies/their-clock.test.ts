import { describe, expect, test } from 'vitest';
import { TheirClock } from './their-clock.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10);
const MINUTE_MS = 60_000;

/** An answer that says the time in whole seconds, as HTTP's `Date` does. */
const dated = (aheadMs: number, atMs: number, tookMs = 20) => ({
  theirMs: Math.floor((atMs + aheadMs) / 1_000) * 1_000,
  resolutionMs: 1_000,
  askedAtMs: atMs - tookMs / 2,
  cameAtMs: atMs + tookMs / 2,
});

describe('the clock of another machine', () => {
  test('is taken for ours before anything is known', () => {
    expect(new TheirClock().toOurs(NOW_MS)).toBe(NOW_MS);
  });

  test.for([-15, -10, -1, 1, 10, 15])(
    '%d minutes ahead is known by the first answer to a second',
    (minutes) => {
      const clock = new TheirClock();
      clock.note(dated(minutes * MINUTE_MS, NOW_MS + 420));
      expect(Math.abs(clock.aheadMs - minutes * MINUTE_MS)).toBeLessThanOrEqual(1_000);
      expect(Math.abs(clock.toOurs(NOW_MS + minutes * MINUTE_MS) - NOW_MS)).toBeLessThanOrEqual(1_000);
      expect(clock.toTheirs(clock.toOurs(NOW_MS))).toBe(NOW_MS);
    },
  );

  test('is known better by every answer', () => {
    const clock = new TheirClock();
    for (let at = 0; at < 50; at += 1) clock.note(dated(-10 * MINUTE_MS, NOW_MS + at * 1_137));
    expect(Math.abs(clock.aheadMs + 10 * MINUTE_MS)).toBeLessThan(50);
  });

  test('is not misjudged by an answer that was waited for', () => {
    const clock = new TheirClock();
    const { theirMs } = dated(10 * MINUTE_MS, NOW_MS);
    clock.note({ theirMs, resolutionMs: 1_000, askedAtMs: NOW_MS - 30_000, cameAtMs: NOW_MS + 10 });
    expect(Math.abs(clock.aheadMs - 10 * MINUTE_MS)).toBeLessThanOrEqual(1_000);
  });

  test('that agrees with ours to two seconds changes nothing', () => {
    const clock = new TheirClock();
    for (let at = 0; at < 20; at += 1) clock.note(dated(900, NOW_MS + at * 777));
    expect(clock.aheadMs).toBe(0);
  });

  test('that is set, or ours, is followed at once', () => {
    const clock = new TheirClock();
    for (let at = 0; at < 20; at += 1) clock.note(dated(0, NOW_MS + at * 777));
    clock.note(dated(8 * 60 * MINUTE_MS, NOW_MS + MINUTE_MS));
    expect(Math.abs(clock.aheadMs - 8 * 60 * MINUTE_MS)).toBeLessThanOrEqual(1_000);
    clock.note(dated(0, NOW_MS + 2 * MINUTE_MS));
    expect(clock.aheadMs).toBe(0);
  });

  test.for<readonly [string | undefined, string | undefined, number]>([
    ['application/json; charset=utf-8', 'Mon, 23 Nov 2026 10:10:00 GMT', 10],
    ['application/problem+json', 'Mon, 23 Nov 2026 09:50:00 GMT', -10],
    ['text/html', 'Mon, 23 Nov 2026 18:00:00 GMT', 0],
    [undefined, 'Mon, 23 Nov 2026 18:00:00 GMT', 0],
    ['application/json', 'soon', 0],
    ['application/json', undefined, 0],
  ])('an answer of type %j that is dated %j tells %d minutes', ([type, date, minutes]) => {
    const clock = new TheirClock();
    const headers = new Headers();
    if (type !== undefined) headers.set('content-type', type);
    if (date !== undefined) headers.set('date', date);
    clock.noteAnswer({ ok: true, headers }, NOW_MS, NOW_MS);
    expect(Math.abs(clock.aheadMs - minutes * MINUTE_MS)).toBeLessThanOrEqual(1_000);
  });

  test.each([
    ['the error of a gateway', false, {}],
    ['an answer that a cache gives again', true, { age: '7200' }],
  ] as const)('%s tells nothing', (_, ok, more) => {
    const clock = new TheirClock();
    const headers = new Headers({
      'content-type': 'application/json',
      date: 'Mon, 23 Nov 2026 18:00:00 GMT',
      ...more,
    });
    clock.noteAnswer({ ok, headers }, NOW_MS, NOW_MS);
    expect(clock.aheadMs).toBe(0);
  });

  test('learns nothing of an answer during which our own was set back, or that says no time', () => {
    const clock = new TheirClock();
    clock.note({ theirMs: NOW_MS, resolutionMs: 1_000, askedAtMs: NOW_MS, cameAtMs: NOW_MS - MINUTE_MS });
    clock.note({ theirMs: Number.NaN, resolutionMs: 1_000, askedAtMs: NOW_MS, cameAtMs: NOW_MS });
    expect(clock.aheadMs).toBe(0);
  });
});
