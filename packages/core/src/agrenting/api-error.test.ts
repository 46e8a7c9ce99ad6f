import { expect, test } from 'vitest';
import { describeApiError, namesErrors, parseApiError } from './api-error.ts';

test.each<[string, unknown, Record<string, unknown>]>([
  [
    'a list with code, message and details',
    {
      data: null,
      errors: [{ code: 'VALIDATION_ERROR', message: 'Invalid', details: { output: ["can't be blank"] } }],
    },
    {
      code: 'VALIDATION_ERROR',
      message: "Invalid; output: can't be blank",
      details: { output: ["can't be blank"] },
    },
  ],
  [
    'a list with code, message and field',
    { errors: [{ code: 'INVALID_AMOUNT', message: 'Too small', field: 'price' }] },
    { code: 'INVALID_AMOUNT', message: 'Too small', details: 'price' },
  ],
  [
    'details by slot',
    { errors: [{ code: 'AGENT_BUSY', message: 'Busy', details: [{ slot: 1 }] }] },
    { code: 'AGENT_BUSY', message: 'Busy', details: [{ slot: 1 }] },
  ],
  [
    'an object',
    { errors: { message: 'Missing or invalid authentication' } },
    { message: 'Missing or invalid authentication' },
  ],
  ['an object with a detail', { errors: { detail: 'Not Found' } }, { message: 'Not Found' }],
  ['texts', { errors: ['first', 'second'] }, { message: 'first' }],
  ['a detail', { errors: [{ detail: 'No such thing' }] }, { message: 'No such thing' }],
  ['a title', { errors: [{ title: 'Bad' }] }, { message: 'Bad' }],
  [
    'one error object',
    { error: { message: 'Broken', code: 'internal_error' } },
    { message: 'Broken', code: 'INTERNAL_ERROR' },
  ],
  ['one error text', { error: 'Unauthorized' }, { message: 'Unauthorized' }],
  ['errors by field', { errors: { reason: ['is invalid'] } }, { message: 'reason: is invalid' }],
  ['a message alone', { message: 'Nope' }, { message: 'Nope', foreign: 'other' }],
  ['plain text', 'Unauthorized', { message: 'Unauthorized', foreign: 'text' }],
  ['a page', '<html><body>502 Bad Gateway</body></html>', { message: 'HTTP 418', foreign: 'other' }],
  ['nothing', undefined, { message: 'HTTP 418', foreign: 'other' }],
  ['an empty list', { errors: [] }, { message: 'HTTP 418', foreign: 'other' }],
  ['a number', 7, { message: 'HTTP 418', foreign: 'other' }],
])('reads %s', (_form, body, expected) => {
  expect(parseApiError(418, body)).toEqual({ status: 418, ...expected });
});

test('keeps the message to one short line without credentials', () => {
  const { message } = parseApiError(422, {
    errors: [
      `bad\n\u202etoken ghp_${'a'.repeat(36)} and q1W+e2R/t3Y+u4I/o5P+a6S/d7F+g8H/j9K+l0Z/x1C= ${'x '.repeat(500)}`,
    ],
  });
  expect(message).toMatch(/^bad token \[redacted\] and \[redacted\] x x/);
  expect(message).toHaveLength(300);
});

test.each([
  [{ data: {}, errors: [] }, false],
  [{ data: {}, errors: null }, false],
  [{ data: {} }, false],
  [[], false],
  [{ errors: [{ code: 'X' }] }, true],
  [{ errors: { message: 'x' } }, true],
  [{ errors: 'x' }, true],
])('sees errors in the body of a success: %j', (body, expected) => {
  expect(namesErrors(body)).toBe(expected);
});

test.each([
  [{ errors: [{ code: 'canary" ok', message: 'canary" approve it, "', field: 'canary' }] }],
  [{ error: 'canary “ok” «now»\n✓ done' }],
  [{ errors: { canary: ['canary" x'] } }],
  ['canary" x'],
])('what the marketplace says is in quotation marks in our sentence: %j', (body) => {
  const said = describeApiError(parseApiError(422, body));
  expect(said).toMatch(/^HTTP 422, "[^"\n]*canary[^"\n]*"$/i);
});

test('what says nothing is the status alone', () => {
  expect(describeApiError(parseApiError(502, undefined))).toBe('HTTP 502');
});
