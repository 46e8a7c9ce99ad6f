import { taskIdsOf, type HiringEvidence } from '@agrenting-hiclaw/core/domain';
import { createObjectStore, PROFILES } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import type { ArchiveFile } from './archive.ts';
import { documentsOf } from './documents.ts';
import { jsonBytes } from './json-bytes.ts';
import { knownSecrets } from './known-secrets.ts';
import { readmeOf } from './readme.ts';
import { createRedactor } from './redactor.ts';
import { TaskObjects } from './task-objects.ts';

export interface Contents {
  /** Each is read when it is asked for, and not before. */
  readonly files: AsyncGenerator<ArchiveFile>;
  /** What is not in it and why; whole once all files were read. */
  readonly problems: readonly string[];
}

/** Everything there is about a hiring, without secrets, as the files of an archive. One object of storage at a time lies in memory. */
export function contentsOf(configuration: Configuration, evidence: HiringEvidence): Contents {
  const redactor = createRedactor(knownSecrets(configuration, evidence));
  const objects = new TaskObjects(redactor);

  async function file(name: string, bytes: Buffer): Promise<ArchiveFile> {
    const { pieces } = await redactor.pieces(bytes);
    return { name, pieces };
  }

  async function* files(): AsyncGenerator<ArchiveFile> {
    const store = createObjectStore({
      ...configuration.storage,
      bucket: configuration.storage.bucket ?? PROFILES[configuration.hiclaw.profile].bucket,
    });
    try {
      for (const [name, document] of Object.entries(documentsOf(evidence))) {
        yield await file(name, await jsonBytes(document));
      }
      yield* objects.read(
        store,
        evidence.attempts.flatMap(({ attempt }) => taskIdsOf(attempt)),
      );
      yield await file('objects.json', await jsonBytes(objects.folders));
      yield await file('README.txt', Buffer.from(readmeOf(evidence, objects.problems)));
    } finally {
      store.close();
    }
  }
  return { files: files(), problems: objects.problems };
}
