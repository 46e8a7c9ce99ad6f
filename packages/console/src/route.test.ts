import { expect, test } from 'vitest';
import { hrefOf, routeOf } from './route.ts';

test.each([
  ['', '', ''],
  ['#/', '', ''],
  ['#/hirings', 'hirings', ''],
  ['#/hirings/550e8400/?x=1', 'hirings/550e8400', 'x=1'],
  ['#/hirings?state=sent&q=a%23b', 'hirings', 'state=sent&q=a%23b'],
])('%s is the place %j with %j', (hash, path, query) => {
  const route = routeOf(hash);
  expect([route.path, route.query.toString()]).toEqual([path, query]);
});

test('an address leads back to where it was made', () => {
  const href = hrefOf('hirings', { state: 'sent', q: 'a#b?c&d', worker: '', agent: undefined });
  const { path, query } = routeOf(href);
  expect([path, Object.fromEntries(query)]).toEqual(['hirings', { state: 'sent', q: 'a#b?c&d' }]);
});
