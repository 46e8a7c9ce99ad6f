import { deflateSync } from 'node:zlib';

const BASE85 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** What `git diff --binary` prints of a new file. */
export function binaryPatch(path: string, content: Buffer): string {
  const packed = deflateSync(content);
  const lines: string[] = [];
  for (let at = 0; at < packed.length; at += 52) {
    const part = packed.subarray(at, at + 52);
    const length = part.length;
    const sign = String.fromCodePoint(length <= 26 ? 64 + length : 96 + length - 26);
    const padded = Buffer.concat([part, Buffer.alloc((4 - (length % 4)) % 4)]);
    let line = sign;
    for (let word = 0; word < padded.length; word += 4) {
      let value = padded.readUInt32BE(word);
      let digits = '';
      for (let digit = 0; digit < 5; digit += 1) {
        digits = `${BASE85[value % 85]}${digits}`;
        value = Math.floor(value / 85);
      }
      line += digits;
    }
    lines.push(line);
  }
  const id = '1234567890123456789012345678901234567890';
  return [
    `diff --git a/${path} b/${path}`,
    'new file mode 100644',
    `index ${'0'.repeat(40)}..${id}`,
    'GIT binary patch',
    `literal ${content.length}`,
    ...lines,
    '',
    'literal 0',
    'HcmV?d00001',
    '',
    '',
  ].join('\n');
}
