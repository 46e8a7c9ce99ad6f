import { createInflate, inflateSync } from 'node:zlib';
import { createBreath } from './breath.ts';
import type { PackLimits } from './limits.ts';

const HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Less than this is unpacked at once. */
const SMALL_BYTES = 64 * 1024;
/** So much of a delta says how large what it makes is. */
const DELTA_HEADER_BYTES = 20;

/**
 * Why a pack is too much to be unpacked, or cannot be: undefined when nothing is wrong that can be seen without git. Every
 * object says how large it is, or, as a delta, how large what it makes is, so nothing is unpacked further than it says.
 */
export async function packProblem(pack: Buffer, limits: PackLimits): Promise<string | undefined> {
  if (pack.length < HEADER_BYTES + CHECKSUM_BYTES || pack.toString('latin1', 0, 4) !== 'PACK')
    return 'it holds no pack';
  const objects = pack.readUInt32BE(8);
  if (objects > limits.maxObjects) return tooMuch('objects', limits.maxObjects);
  const end = pack.length - CHECKSUM_BYTES;
  const breathe = createBreath();
  let expandedBytes = 0;
  let at = HEADER_BYTES;
  for (let seen = 0; seen < objects; seen += 1) {
    const header = objectHeader(pack, at, end);
    if (header === undefined) return 'its pack cannot be read';
    if (header.sizeBytes > limits.maxObjectBytes) return tooMuch('bytes in one file', limits.maxObjectBytes);
    const unpacked = await inflated(pack.subarray(header.dataAt, end), header.sizeBytes);
    if (unpacked === undefined) return 'its pack cannot be read';
    const madeBytes = header.isDelta ? deltaResultBytes(unpacked.beginning) : header.sizeBytes;
    if (madeBytes === undefined) return 'its pack cannot be read';
    if (madeBytes > limits.maxObjectBytes) return tooMuch('bytes in one file', limits.maxObjectBytes);
    expandedBytes += madeBytes;
    if (expandedBytes > limits.maxExpandedBytes) return tooMuch('bytes', limits.maxExpandedBytes);
    at = header.dataAt + unpacked.takenBytes;
    await breathe();
  }
  return at === end ? undefined : 'its pack cannot be read';
}

interface ObjectHeader {
  readonly isDelta: boolean;
  /** Of what is packed here: of a delta its own. */
  readonly sizeBytes: number;
  readonly dataAt: number;
}

function objectHeader(pack: Buffer, start: number, end: number): ObjectHeader | undefined {
  const first = pack[start];
  if (first === undefined || start >= end) return undefined;
  const type = (first >> 4) & 7;
  let sizeBytes = first & 0x0f;
  let factor = 16;
  let at = start + 1;
  for (let byte = first; (byte & 0x80) !== 0; at += 1) {
    const next = pack[at];
    if (next === undefined || at >= end || at - start > 8) return undefined;
    byte = next;
    sizeBytes += (byte & 0x7f) * factor;
    factor *= 128;
  }
  if (type === REF_DELTA) at += 20;
  else if (type === OFS_DELTA) {
    while (((pack[at] ?? 0) & 0x80) !== 0 && at < end) at += 1;
    at += 1;
  } else if (type === 0 || type === 5) return undefined;
  return at >= end ? undefined : { isDelta: type >= OFS_DELTA, sizeBytes, dataAt: at };
}

interface Inflated {
  readonly beginning: Buffer;
  /** How much of what was given it took. */
  readonly takenBytes: number;
}

/** Unpacks one object, as far as its size; undefined when it is none or another size than it says. */
async function inflated(packed: Buffer, sizeBytes: number): Promise<Inflated | undefined> {
  return sizeBytes > SMALL_BYTES ? inflatedInParts(packed, sizeBytes) : inflatedAtOnce(packed, sizeBytes);
}

function inflatedAtOnce(packed: Buffer, sizeBytes: number): Inflated | undefined {
  try {
    // With `info` it answers with the engine too, which knows how much it took; its types do not say so.
    const answer: unknown = inflateSync(packed, {
      info: true,
      maxOutputLength: sizeBytes + 1,
      chunkSize: 1024,
    });
    if (typeof answer !== 'object' || answer === null || !('buffer' in answer) || !('engine' in answer))
      return undefined;
    const { buffer, engine } = answer;
    if (!Buffer.isBuffer(buffer) || buffer.length !== sizeBytes) return undefined;
    if (typeof engine !== 'object' || engine === null || !('bytesWritten' in engine)) return undefined;
    const { bytesWritten } = engine;
    return typeof bytesWritten === 'number'
      ? { beginning: buffer.subarray(0, DELTA_HEADER_BYTES), takenBytes: bytesWritten }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Off the event loop, and without holding what comes out. */
async function inflatedInParts(packed: Buffer, sizeBytes: number): Promise<Inflated | undefined> {
  const inflate = createInflate();
  return new Promise((resolve) => {
    let beginning = Buffer.alloc(0);
    let madeBytes = 0;
    const settle = (result: Inflated | undefined) => {
      inflate.destroy();
      resolve(result);
    };
    inflate.on('error', () => settle(undefined));
    inflate.on('end', () =>
      settle(madeBytes === sizeBytes ? { beginning, takenBytes: inflate.bytesWritten } : undefined),
    );
    inflate.on('data', (chunk: Buffer) => {
      madeBytes += chunk.length;
      if (madeBytes > sizeBytes) settle(undefined);
      if (beginning.length < DELTA_HEADER_BYTES)
        beginning = Buffer.concat([beginning, chunk.subarray(0, DELTA_HEADER_BYTES)]);
    });
    inflate.end(packed);
  });
}

/** How large what a delta makes is: the second number at its beginning, after the size of what it is made from. */
function deltaResultBytes(beginning: Buffer): number | undefined {
  const base = numberAt(beginning, 0);
  return base === undefined ? undefined : numberAt(beginning, base.next)?.value;
}

function numberAt(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if ((byte & 0x80) === 0) return { value, next: at + 1 };
  }
  return undefined;
}

function tooMuch(what: string, most: number): string {
  return `it unpacks into more than ${most.toLocaleString('en')} ${what}`;
}
