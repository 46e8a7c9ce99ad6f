import { beforeEach, expect, test } from 'vitest';
import { Ways } from './ways.ts';

let nowMs: number;
let ways: Ways;
beforeEach(() => {
  nowMs = 1_000_000;
  ways = new Ways({ nowMs: () => nowMs });
});

test('REST comes first, and MCP is a way while there is a session', () => {
  expect(ways.open('result', true)).toEqual(['rest', 'mcp']);
  expect(ways.open('result', false)).toEqual(['rest']);
});

test('a route that is missing is left alone for longer each time, ten minutes at most, and never for good', () => {
  const waits: number[] = [];
  for (let time = 0; time < 8; time += 1) {
    ways.close('result', 'rest', 'missing');
    expect(ways.open('result', true)).toEqual(['mcp']);
    expect(ways.open('failure', true)).toEqual(['rest', 'mcp']);
    const waitMs = ways.waitMs('result', false);
    waits.push(waitMs);
    nowMs += waitMs;
    expect(ways.open('result', true)).toEqual(['rest', 'mcp']);
  }
  expect(waits.slice(0, 3)).toEqual([5_000, 15_000, 45_000]);
  expect(waits.at(-1)).toBe(600_000);
});

test('a way that could not be reached is tried again within a minute, and what works is as new', () => {
  for (let time = 0; time < 8; time += 1) ways.close('result', 'mcp', 'unreachable');
  expect(ways.waitMs('result', false)).toBe(0);
  ways.close('result', 'rest', 'unreachable');
  expect(ways.open('result', true)).toEqual([]);
  expect(ways.waitMs('result', true)).toBe(1_000);
  nowMs += 60_000;
  expect(ways.open('result', true)).toEqual(['rest', 'mcp']);
  ways.worked('result', 'mcp');
  ways.close('result', 'mcp', 'unreachable');
  expect(ways.waitMs('result', true)).toBe(0);
});

test('what does not arrive by one way goes by the other, until that is no better', () => {
  ways.doubt('result', 'rest');
  expect(ways.open('result', true)).toEqual(['mcp', 'rest']);
  ways.doubt('result', 'mcp');
  expect(ways.open('result', true)).toEqual(['rest', 'mcp']);
  ways.doubt('result', 'rest');
  expect(ways.open('result', true)).toEqual(['mcp', 'rest']);
  nowMs += 600_000;
  expect(ways.open('result', true)).toEqual(['rest', 'mcp']);
});

test('a setting leaves one way only, but for reads', () => {
  const byTool = new Ways({ nowMs: () => nowMs }, 'mcp');
  expect([byTool.open('result', true), byTool.open('result', false)]).toEqual([['mcp'], []]);
  expect(byTool.open('read', true)).toEqual(['rest', 'mcp']);
  expect(byTool.waitMs('result', false)).toBe(60_000);
  expect(new Ways({ nowMs: () => nowMs }, 'rest').open('message', true)).toEqual(['rest']);
});

test('a clock that is set back closes nothing for long', () => {
  ways.close('result', 'rest', 'missing');
  nowMs -= 3_600_000;
  expect(ways.open('result', false)).toEqual(['rest']);
});
