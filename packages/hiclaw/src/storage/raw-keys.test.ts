import { Secret } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { startAnsweringServer } from '../test/answering-server.ts';
import { withEncodedKeys } from './bounded-transport.ts';
import { createObjectStore } from './s3-object-store.ts';

const NAMES = ['100%.md', '50%25.md', 'a+b.md', 'a b.md', '%41.md', '%zz', 'ü&<>.md', '結果.md', 'plain.md'];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function listing(encode: ((name: string) => string) | undefined): string {
  const contents = NAMES.map(
    (name) =>
      `<Contents><Key>t/${escaped(encode?.(name) ?? name)}</Key><LastModified>2026-04-16T10:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Contents>`,
  ).join('');
  const encoding = encode === undefined ? '' : '<EncodingType>url</EncodingType>';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>t/</Prefix><KeyCount>${NAMES.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${encoding}${contents}</ListBucketResult>`;
}

describe('a folder with every kind of name', () => {
  it.each([
    ['sends keys in URL form', (name: string) => encodeURIComponent(name)],
    [
      'sends keys in URL form, blanks as +',
      (name: string) => encodeURIComponent(name).replaceAll('%20', '+'),
    ],
    ['ignores the wish for URL form', undefined],
  ])('is listed from a storage that %s', async (_, encode) => {
    const server = await startAnsweringServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/xml' }).end(listing(encode));
    });
    const store = createObjectStore({
      endpoint: server.url,
      bucket: 'bucket',
      accessKey: 'key',
      secretKey: new Secret('secret-key'),
    });
    const listed = await store.list('t/', '');
    if (listed.kind !== 'objects') throw new Error(listed.problem);
    expect(listed.objects.map(({ key }) => key)).toEqual(NAMES.map((name) => `t/${name}`));
    store.close();
    await server.close();
  });
});

it('entities that stand for what URL form escapes are escaped as well', () => {
  expect(withEncodedKeys('<Key>a&#37;b&#x2B;c&#43;d+e%</Key>')).toBe('<Key>a%25b%2Bc%2Bd%2Be%25</Key>');
});
