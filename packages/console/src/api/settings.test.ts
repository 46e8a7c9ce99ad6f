import { expect, test } from 'vitest';
import { settingsOf } from './settings.ts';

const expected = [
  { name: 'store.path', value: '/var/lib/store.sqlite', from: 'adapter.yaml' },
  { name: 'alerts.kinds', value: 'attention, deaf', from: 'default' },
];

test.each([
  [
    'a list',
    {
      items: [
        { name: 'store.path', value: '/var/lib/store.sqlite', from: 'adapter.yaml' },
        { name: 'alerts.kinds', value: ['attention', 'deaf'], from: 'default' },
      ],
      nextCursor: null,
    },
  ],
  [
    'nested objects',
    {
      store: { path: { value: '/var/lib/store.sqlite', source: 'adapter.yaml' } },
      alerts: { kinds: { value: ['attention', 'deaf'], source: 'default' } },
    },
  ],
])('settings are read from %s', (_, answer) => expect(settingsOf(answer)).toEqual(expected));

test('settings without their source are shown', () => {
  expect(settingsOf({ settings: { mcp: { url: 'https://a.example', proxy: null } } })).toEqual([
    { name: 'mcp.url', value: 'https://a.example', from: '' },
    { name: 'mcp.proxy', value: 'not set', from: '' },
  ]);
});

test.each([undefined, null, 'text', 7, []])('%j has no settings', (answer) => {
  expect(settingsOf(answer)).toEqual([]);
});
