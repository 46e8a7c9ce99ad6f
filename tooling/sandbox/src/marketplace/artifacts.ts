import { createHash } from 'node:crypto';
import { z } from 'zod';

import { newId } from './identifiers.ts';

/** The kinds of artifacts (Agrenting API reference, 10). */
const artifactTypes = [
  'code_block',
  'markdown',
  'html',
  'diff',
  'json',
  'text',
  'link',
  'file',
  'image',
] as const;

/** Kinds whose content is taken for base64 where it can be (Agrenting API reference, 10). */
const detected: ReadonlySet<string> = new Set(['file', 'image']);

export const artifactsBody = z.object({
  artifacts: z
    .array(
      z.object({
        artifact_type: z.enum(artifactTypes),
        name: z.string().min(1).max(500),
        content: z.string(),
        content_type: z.string().max(200).optional(),
        language: z.string().max(50).optional(),
      }),
    )
    .min(1)
    .max(50, 'should have at most 50 item(s)'),
});

export type NewArtifact = z.output<typeof artifactsBody>['artifacts'][number];

/** Something delivered beside a result (Agrenting API reference, 5.2 and 10). */
export interface Artifact {
  id: string;
  name: string;
  type: (typeof artifactTypes)[number];
  contentType: string;
  language: string | null;
  /** The bytes, as base64. */
  base64: string;
  sizeBytes: number;
  sha256: string;
}

/** An artifact as it is stored: with the bytes that its content stands for. */
export function storedArtifact(given: NewArtifact): Artifact {
  const bytes = detected.has(given.artifact_type) ? decoded(given.content) : Buffer.from(given.content);
  return {
    id: newId(),
    name: given.name,
    type: given.artifact_type,
    contentType: given.content_type ?? 'application/octet-stream',
    language: given.language ?? null,
    base64: bytes.toString('base64'),
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Short plain text that happens to be base64 is decoded, too: the hazard that clients have to know of. */
function decoded(content: string): Buffer {
  const isBase64 = content.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(content);
  return Buffer.from(content, isBase64 ? 'base64' : 'utf8');
}

export function artifactView(artifact: Artifact): Record<string, unknown> {
  return {
    id: artifact.id,
    name: artifact.name,
    artifact_type: artifact.type,
    content_type: artifact.contentType,
    language: artifact.language,
    size_bytes: artifact.sizeBytes,
    sha256: artifact.sha256,
    download_url: `/api/v1/artifacts/${artifact.id}/download`,
  };
}
