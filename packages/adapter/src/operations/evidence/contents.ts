import { taskIdsOf } from '@agrenting-hiclaw/core/domain';
import { createObjectStore, PROFILES } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import type { HiringEvidence } from '@agrenting-hiclaw/store';
import type { ArchiveFile } from './archive.ts';
import { documentsOf } from './documents.ts';
import { knownSecrets } from './known-secrets.ts';
import { readmeOf } from './readme.ts';
import { createRedactor } from './redactor.ts';
import { readTaskObjects, type TaskObjects } from './task-objects.ts';

/** Everything there is about a hiring, without secrets, as the files of an archive. */
export async function contentsOf(
  configuration: Configuration,
  evidence: HiringEvidence,
): Promise<{ readonly files: readonly ArchiveFile[]; readonly objects: TaskObjects }> {
  const redactor = createRedactor(knownSecrets(configuration, evidence));
  const store = createObjectStore({
    ...configuration.storage,
    bucket: configuration.storage.bucket ?? PROFILES[configuration.hiclaw.profile].bucket,
  });
  try {
    const taskIds = evidence.attempts.flatMap(({ attempt }) => taskIdsOf(attempt));
    const objects = await readTaskObjects(store, taskIds, redactor);
    const documents = { ...documentsOf(evidence), 'objects.json': objects.folders };
    const files = Object.entries(documents).map(([name, document]) => {
      const text = `${JSON.stringify(document, undefined, 2)}\n`;
      return { name, bytes: redactor.bytes(Buffer.from(text)).bytes };
    });
    const readme = Buffer.from(readmeOf(evidence, objects.problems));
    const first = { name: 'README.txt', bytes: redactor.bytes(readme).bytes };
    return { files: [first, ...files, ...objects.files], objects };
  } finally {
    store.close();
  }
}
