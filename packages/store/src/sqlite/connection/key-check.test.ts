import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEY, temporaryDirectory } from '../../../test/fixtures.ts';
import { EncryptionKey } from './encryption-key.ts';
import { openStore } from '../store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
});
afterEach(() => {
  directory.remove();
});

test('another key is refused at once, even when nothing secret was stored', async () => {
  await openStore({ file, key: KEY }).close();
  for (const digit of ['22', '33', '44']) {
    const key = EncryptionKey.fromText(digit.repeat(32));
    expect(() => openStore({ file, key })).toThrow(
      expect.objectContaining({
        name: 'StoreError',
        kind: 'wrong_key',
        message: expect.stringContaining('another encryption key'),
      }),
    );
  }
  await openStore({ file, key: KEY }).close();
});
