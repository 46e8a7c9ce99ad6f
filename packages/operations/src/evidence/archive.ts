import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw, createGzip } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';
import { createTarPacker } from 'modern-tar';

export interface ArchiveFile {
  readonly name: string;
  /** Its bytes, in pieces that are short enough to be worked on without a break. */
  readonly pieces: readonly Uint8Array[];
}

export type ArchiveForm = 'zip' | 'tar.gz';

/** For its owner only, unpacked as well. */
const MODE = 0o600;
/** Says that the attributes of a file are those of Unix. */
const UNIX = 3;
/** APPNOTE.TXT, section 4.4.5. */
const DEFLATED = 8;

/** What kind of archive a file's name stands for; undefined when for none. */
export function archiveForm(file: string): ArchiveForm | undefined {
  if (/\.zip$/i.test(file)) return 'zip';
  return /\.(?:tar\.gz|tgz)$/i.test(file) ? 'tar.gz' : undefined;
}

/** One archive of all files, as fast as it is read: no file is asked for before the one before it was taken. */
export function packArchive(
  files: AsyncIterable<ArchiveFile>,
  form: ArchiveForm,
): AsyncGenerator<Uint8Array> {
  switch (form) {
    case 'zip':
      return packZip(files);
    case 'tar.gz':
      return packTarGz(files);
  }
}

async function* packZip(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error !== null) throw error;
    ready.push(chunk);
  });
  for await (const { name, pieces } of files) {
    const entry: ZipInputFile = {
      filename: name,
      size: pieces.reduce((sum, { length }) => sum + length, 0),
      crc: 0,
      compression: DEFLATED,
      os: UNIX,
      attrs: (0o100000 | MODE) * 0x10000,
    };
    archive.add(entry);
    // Compressed by threads of Node's own; what is not read is not compressed.
    for await (const chunk of Readable.from(checked(entry, pieces)).pipe(createDeflateRaw())) {
      entry.ondata?.(null, bytesOf(chunk), false);
      yield* ready.splice(0);
    }
    entry.ondata?.(null, new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  archive.end();
  yield* ready.splice(0);
}

/** The pieces, each added to the check sum of its entry when its turn comes. */
function* checked(entry: ZipInputFile, pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    entry.crc = crc32(piece, entry.crc);
    yield piece;
  }
}

async function* packTarGz(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const compressed = createGzip();
  const piped = pipeline(Readable.fromWeb(readable), compressed);
  const fed = feed();
  // Told of by the loop below, too.
  for (const work of [piped, fed]) work.catch(() => undefined);

  async function feed(): Promise<void> {
    try {
      for await (const { name, pieces } of files) {
        const size = pieces.reduce((sum, { length }) => sum + length, 0);
        const body = controller.add({ name, size, mode: MODE }).getWriter();
        for (const piece of pieces) await body.write(piece);
        await body.close();
      }
      controller.finalize();
    } catch (error) {
      controller.error(error);
      throw error;
    }
  }

  for await (const chunk of compressed) yield bytesOf(chunk);
  await fed;
  await piped;
}

/** Streams of Node give chunks of any kind; these are of bytes. */
function bytesOf(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (chunk instanceof Uint8Array && chunk.buffer instanceof ArrayBuffer) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  throw new TypeError('a compressed chunk is no bytes');
}
