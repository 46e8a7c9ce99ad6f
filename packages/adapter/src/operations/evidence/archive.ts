import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { zip, type AsyncZippable } from 'fflate';
import { packTar } from 'modern-tar';

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export type ArchiveForm = 'zip' | 'tar.gz';

/** For its owner only, unpacked as well. */
const MODE = 0o600;
/** Says that the attributes of a file are those of Unix. */
const UNIX = 3;

/** What kind of archive a file's name stands for; undefined when for none. */
export function archiveForm(file: string): ArchiveForm | undefined {
  if (/\.zip$/i.test(file)) return 'zip';
  return /\.(?:tar\.gz|tgz)$/i.test(file) ? 'tar.gz' : undefined;
}

/** One archive of all files, in memory. */
export async function packArchive(files: readonly ArchiveFile[], form: ArchiveForm): Promise<Uint8Array> {
  switch (form) {
    case 'zip':
      return await packZip(files);
    case 'tar.gz':
      return await packTarGz(files);
  }
}

async function packZip(files: readonly ArchiveFile[]): Promise<Uint8Array> {
  const contents: AsyncZippable = Object.fromEntries(
    files.map(({ name, bytes }) => [name, [bytes, { os: UNIX, attrs: (0o100000 | MODE) * 0x10000 }]]),
  );
  return await new Promise((resolve, reject) => {
    zip(contents, { consume: false }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}

async function packTarGz(files: readonly ArchiveFile[]): Promise<Uint8Array> {
  const packed = await packTar(
    files.map(({ name, bytes }) => ({ header: { name, size: bytes.length, mode: MODE }, body: bytes })),
  );
  return await promisify(gzip)(packed);
}
