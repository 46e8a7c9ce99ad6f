import { expect, test } from 'vitest';
import { everything } from './access-policy.ts';
import { readPayload } from './payload.ts';
import { S3Error } from './s3-error.ts';

/** The published example of Signature Version 4 for a chunked upload: 65 KiB of one letter in two chunks. */
const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
const chunks = [
  { size: 65_536, signature: 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648' },
  { size: 1024, signature: '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497' },
  { size: 0, signature: 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9' },
];

const read = (letter: string): ReturnType<typeof readPayload> => {
  const body = chunks.map(
    ({ size, signature }) =>
      `${size.toString(16)};chunk-signature=${signature}\r\n${letter.repeat(size)}\r\n`,
  );
  return readPayload(
    {
      method: 'PUT',
      path: '/examplebucket/chunkObject.txt',
      bucket: 'examplebucket',
      key: 'chunkObject.txt',
      query: [],
      headers: {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': '66560',
      },
      body: Buffer.from(body.join('')),
    },
    {
      user: {
        accessKey: 'AKIAIOSFODNN7EXAMPLE',
        secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        policy: everything,
      },
      scope: { date: '20130524', region: 'us-east-1' },
      time: '20130524T000000Z',
      signature: seed,
    },
  );
};

test('takes a body out of its signed chunks', () => {
  expect(read('a').bytes.toString()).toBe('a'.repeat(66_560));
});

test('refuses a chunk that is not what was signed', () => {
  expect(() => read('b')).toThrow(S3Error);
});
