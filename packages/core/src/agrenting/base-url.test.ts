import { expect, test } from 'vitest';
import { parseBaseUrl } from './base-url.ts';

test.each([
  ['https://agrenting.com', 'https://agrenting.com'],
  [' https://www.agrenting.com/ ', 'https://www.agrenting.com'],
  ['HTTPS://Agrenting.com:443/', 'https://agrenting.com'],
  ['http://127.0.0.1:4012', 'http://127.0.0.1:4012'],
  ['http://localhost:4012', 'http://localhost:4012'],
  ['http://[::1]:4012', 'http://[::1]:4012'],
])('takes %j as %s', (text, baseUrl) => {
  expect(parseBaseUrl(text)).toEqual({ kind: 'valid', baseUrl });
});

test.each([
  ['https://agrenting.com:4012', /port 4012 speaks plain HTTP.*http:\/\/127\.0\.0\.1:4012/],
  ['http://agrenting.com', /keys are not sent over plain HTTP: use https:\/\/agrenting\.com/],
  ['http://127.0.0.1.evil.example', /plain HTTP/],
  ['http://10.0.0.1', /plain HTTP/],
  ['https://agrenting.com/api/v1', /nothing follows the host: use https:\/\/agrenting\.com$/],
  ['https://agrenting.com/?key=1', /nothing follows the host/],
  ['https://user:geheim@agrenting.com', /no name or password/],
  ['agrenting.com', /expected a URL such as/],
  ['ftp://agrenting.com', /expected a URL such as/],
  ['', /expected a URL such as/],
])('refuses %j and says what to write', (text, problem) => {
  const outcome = parseBaseUrl(text);
  expect(outcome).toMatchObject({ kind: 'invalid', problem: expect.stringMatching(problem) });
  expect(JSON.stringify(outcome)).not.toContain('geheim');
});
