import { expect, test } from 'vitest';
import { freshSubject, type OpenSubject } from './subject.ts';

/** What every `Leases` does. */
export function leasesContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  test('one holder has it, renews it and gives it back', async () => {
    const { leases } = subject;
    const other = await subject.another();
    expect(await leases.take('rooms', 'one', 1_000, 500)).toBe(true);
    expect(await other.leases.take('rooms', 'two', 1_499, 500)).toBe(false);
    expect(await leases.take('rooms', 'one', 1_400, 500)).toBe(true);
    expect(await other.leases.take('rooms', 'two', 1_500, 500)).toBe(false);
    await leases.release('rooms', 'one');
    expect(await other.leases.take('rooms', 'two', 1_500, 500)).toBe(true);
  });

  test('who dies loses it when it runs out', async () => {
    const other = await subject.another();
    await subject.leases.take('rooms', 'one', 1_000, 500);
    expect(await other.leases.take('rooms', 'two', 1_500, 500)).toBe(true);
    expect(await subject.leases.take('rooms', 'one', 1_501, 500)).toBe(false);
  });

  test('anybody sees whether somebody has it', async () => {
    const other = await subject.another();
    expect(await other.leases.held('rooms', 1_000)).toBe(false);
    await subject.leases.take('rooms', 'one', 1_000, 500);
    expect(await other.leases.held('rooms', 1_499)).toBe(true);
    expect(await other.leases.held('session', 1_499)).toBe(false);
    expect(await other.leases.held('rooms', 1_500)).toBe(false);
  });

  test('nobody gives back what is not theirs, and names are apart', async () => {
    const { leases } = subject;
    await leases.take('rooms', 'one', 1_000, 500);
    await leases.release('rooms', 'two');
    expect(await leases.take('rooms', 'two', 1_100, 500)).toBe(false);
    expect(await leases.take('session', 'two', 1_100, 500)).toBe(true);
  });
}
