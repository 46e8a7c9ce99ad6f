import { describe, expect, test } from 'vitest';
import type { Limits } from '../api/schemas.ts';
import { capabilitiesOf, problemsOf, type Typed } from './listing-fields.ts';

const right: Typed = {
  worker: 'ada',
  name: 'Ada',
  description: 'Translates.',
  capabilities: 'translation, writing',
  price: '25.50',
};
const limits: Limits = {
  resultCharacters: 1,
  failureCharacters: 1,
  messageCharacters: 1,
  agentNameCharacters: 200,
  agentDescriptionCharacters: 5_000,
  capabilityCharacters: 100,
  capabilities: 50,
};
const names = ['worker', 'name', 'description', 'capabilities', 'price'] as const;

test('capabilities stand one a line or with commas between, each once', () => {
  expect(capabilitiesOf(' translation,writing\n\nwriting, ')).toEqual(['translation', 'writing']);
});

describe('a listing', () => {
  test('that is right has no problem', () => expect(problemsOf(right, names, limits)).toEqual({}));

  test.each([
    ['worker', '', /Choose/],
    ['name', '  ', /Enter a name/],
    ['description', '', /what it does/],
    ['capabilities', ' , ', /at least one/],
    [
      'capabilities',
      Array.from({ length: 51 }, (_, index) => `c${index}`).join(','),
      /at most 50; there are 51/,
    ],
    ['capabilities', 'x'.repeat(101), /longer than 100/],
    ['price', '25,50', /two decimals/],
    ['price', '-1', /two decimals/],
    ['price', '1.234', /two decimals/],
    ['price', '', /25 or 25\.50/],
  ] as const)('whose %s is %j shows how to correct it', (name, text, problem) => {
    const found = problemsOf({ ...right, [name]: text }, names, limits);
    expect(Object.keys(found)).toEqual([name]);
    expect(found[name]).toMatch(problem);
  });

  test('is looked at only where it is asked about', () => {
    expect(problemsOf({ ...right, name: '', price: '' }, ['price'], limits)).toEqual({
      price: expect.any(String),
    });
  });
});
