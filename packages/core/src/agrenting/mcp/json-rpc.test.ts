import { expect, test } from 'vitest';
import { parseJsonRpc } from './json-rpc.ts';

test.each([
  '',
  'Accepted',
  '{}',
  'null',
  '7',
  '"text"',
  '{"jsonrpc":"1.0","id":1,"result":{}}',
  '{"data":{},"errors":[]}',
])('takes %j for no JSON-RPC', (text) => {
  expect(parseJsonRpc(text)).toEqual([{ kind: 'alien' }]);
});

test('reads every message of a list, whatever stands between them', () => {
  const text = '[{"jsonrpc":"2.0","id":1,"result":{}},null,{"jsonrpc":"2.0","method":"x"}]';
  expect(parseJsonRpc(text).map(({ kind }) => kind)).toEqual(['response', 'alien', 'notification']);
  expect(parseJsonRpc('[]')).toEqual([]);
});

test.each(['"probe-1"', '7', '0'])('keeps the id of a request as it is: %s', (id) => {
  expect(parseJsonRpc(`{"jsonrpc":"2.0","id":${id},"method":"ping","extra":true}`)).toEqual([
    { kind: 'request', message: { jsonrpc: '2.0', id: JSON.parse(id) as unknown, method: 'ping' } },
  ]);
});

test('lets nothing that comes with a ping get in its way', () => {
  const text = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":7}}';
  expect(parseJsonRpc(text)).toEqual([
    { kind: 'request', message: { jsonrpc: '2.0', id: 1, method: 'ping' } },
  ]);
});

test.each<[string, object]>([
  ['{"jsonrpc":"2.0","id":1,"result":{"a":1},"x":0}', { id: 1, outcome: { result: { a: 1 } } }],
  ['{"jsonrpc":"2.0","id":1,"result":null}', { id: 1, outcome: { result: {} } }],
  ['{"jsonrpc":"2.0","id":"1","result":[1]}', { id: '1', outcome: { error: { code: -32_603 } } }],
  [
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no","data":"geheim"}}',
    { id: 1, outcome: { error: { code: -1, message: 'no' } } },
  ],
  ['{"jsonrpc":"2.0","id":1,"error":"broken"}', { id: 1, outcome: { error: { code: -32_603 } } }],
  [
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    { id: undefined, outcome: { error: { code: -32_700 } } },
  ],
])('reads the answer %s', (text, expected) => {
  const [incoming] = parseJsonRpc(text);
  expect(incoming).toMatchObject({ kind: 'response', ...expected });
  expect(JSON.stringify(incoming)).not.toContain('geheim');
});

test('bears nesting beyond any stack', () => {
  const deep = '['.repeat(200_000);
  expect(parseJsonRpc(deep)).toEqual([{ kind: 'alien' }]);
});
