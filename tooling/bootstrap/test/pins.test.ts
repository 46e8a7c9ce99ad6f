import { describe, expect, test } from 'vitest';
import { majorOf, readPins } from '../src/pins.mjs';

describe('pins', () => {
  test('come from the root package.json alone', async () => {
    const pins = await readPins();
    expect(pins.node).toMatch(/^24\.\d+\.\d+$/);
    expect(pins.pnpm).toMatch(/^12\.\d+\.\d+$/);
  });

  test.each([
    ['v24.21.0\n', '24'],
    ['12.21.0', '12'],
    ['', ''],
  ])('read %j as major version %j', (version, major) => {
    expect(majorOf(version)).toBe(major);
  });
});
