import { expect, test } from 'vitest';
import { parseBaseUrl, type BaseUrl } from '../base-url.ts';
import { resolveEndpoint } from './endpoint.ts';

function base(text: string): BaseUrl {
  const outcome = parseBaseUrl(text);
  if (outcome.kind === 'invalid') throw new Error(outcome.problem);
  return outcome.baseUrl;
}

const BASE_URL = base('https://agrenting.com');

test.each([
  ['/mcp/messages/abc', 'https://agrenting.com/mcp/messages/abc'],
  ['https://agrenting.com/mcp/messages/abc', 'https://agrenting.com/mcp/messages/abc'],
  [' /mcp/messages/abc ', 'https://agrenting.com/mcp/messages/abc'],
  ['messages/abc?x=1', 'https://agrenting.com/mcp/messages/abc?x=1'],
])('resolves %j', (data, url) => {
  expect(resolveEndpoint(data, BASE_URL)).toEqual({ kind: 'endpoint', url });
});

test.each([
  ['https://www.agrenting.com/mcp/messages/abc', 'https://www.agrenting.com'],
  ['http://agrenting.com/mcp/messages/abc', 'http://agrenting.com'],
  ['//evil.example/mcp/messages/abc', 'https://evil.example'],
  ['https://user:pass@evil.example/mcp/messages/abc', 'https://evil.example'],
])('brings %j back to the configured origin', (data, rewrittenFrom) => {
  const url = 'https://agrenting.com/mcp/messages/abc';
  expect(resolveEndpoint(data, BASE_URL)).toEqual({ kind: 'endpoint', url, rewrittenFrom });
});

test('brings the endpoint of a platform on the same machine back to it', () => {
  const { url } = {
    url: '',
    ...resolveEndpoint('https://agrenting.com/mcp/messages/1', base('http://127.0.0.1:4012')),
  };
  expect(url).toBe('http://127.0.0.1:4012/mcp/messages/1');
});

test.each([
  'https://evil.example/collect',
  'https://evil.example/mcp/messages',
  'javascript:alert(1)',
  'http://',
  '',
])('sends nothing to %j', (data) => {
  expect(resolveEndpoint(data, BASE_URL)).toMatchObject({ kind: 'foreign' });
});
