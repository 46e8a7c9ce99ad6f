/**
 * Cuts text to `maxUnits` UTF-16 units, with `mark` as its end where something was cut. That is
 * short enough however a server counts (bytes aside), and no character is cut in half.
 */
export function truncate(text: string, maxUnits: number, mark: string): string {
  const whole = text.toWellFormed();
  if (whole.length <= maxUnits) return whole;
  const end = maxUnits - mark.length;
  const splitsPair = isHighSurrogate(whole.charCodeAt(end - 1));
  return whole.slice(0, splitsPair ? end - 1 : end) + mark;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
