import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  AgentId,
  Artifact,
  ArtifactDigest,
  ArtifactList,
  HiringId,
  UploadedArtifact,
  UploadOutcome,
} from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { describeApiError, type ApiError } from './api-error.ts';
import { isTooLarge, isTurnedAway, isWordless, turnedAwayProblem } from './missing-route.ts';
import type { RestClient } from './rest-client.ts';
import { unauthorizedProblem } from './unauthorized.ts';

const AFTER_LIMIT_MS = 60_000;

export interface Upload {
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly hiringId: HiringId;
  readonly artifacts: readonly Artifact[];
}

/** Uploads one batch of at most 50 (Agrenting API reference, 10). The key comes from the bytes, so the same batch is the same request. */
export async function uploadArtifacts(
  client: RestClient,
  { agentId, access, hiringId, artifacts }: Upload,
): Promise<UploadOutcome> {
  const body = JSON.stringify({
    artifacts: artifacts.map(({ type, name, content, contentType, language }) => ({
      artifact_type: type,
      name: name.toWellFormed(),
      content: content.toWellFormed(),
      content_type: contentType,
      ...(language === undefined ? {} : { language }),
    })),
  });
  const answer = await client.send({
    method: 'POST',
    path: `/hirings/${hiringId}/artifacts`,
    access,
    schemes: 'both',
    body,
    idempotencyKey: keyOf(hiringId, body),
    settles: true,
  });
  switch (answer.kind) {
    case 'success':
      // A server that answers without the artifacts may have none of them: the list shows it.
      return (list.safeParse(answer.data).data ?? []).length > 0
        ? { kind: 'uploaded', ids: idsOf(artifacts, artifactsIn(answer.data)) }
        : { kind: 'unknown', problem: 'the answer does not list the artifacts', taken: true };
    case 'failure':
      return ofError(answer.error, answer.retryAfterMs, agentId);
    case 'unreadable':
      return { kind: 'unknown', problem: `${answer.problem} (${answer.evidence})` };
    case 'redirected':
      return { kind: 'later', problem: answer.problem, retryAfterMs: AFTER_LIMIT_MS };
    case 'limited':
      return { kind: 'later', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
    case 'lost':
      return { kind: answer.nothingSent ? 'later' : 'unknown', problem: answer.problem };
  }
}

function keyOf(hiringId: HiringId, body: string): string {
  const digest = createHash('sha256').update(`${hiringId}/artifacts/`).update(body).digest('hex');
  return `agrenting-hiclaw-${digest.slice(0, 40)}`;
}

function ofError(error: ApiError, retryAfterMs: number | undefined, agentId: AgentId): UploadOutcome {
  const { status, code = '', message } = error;
  const problem = describeApiError(error);
  if (code === 'IDEMPOTENCY_PENDING') return { kind: 'later', problem, retryAfterMs };
  if (isTooLarge(error)) return { kind: 'too_large', problem };
  if (isTurnedAway(error)) return { kind: 'unknown', problem: turnedAwayProblem(error) };
  switch (status) {
    case 401:
    case 403:
      return { kind: 'unauthorized', problem: unauthorizedProblem(agentId, error) };
    case 404:
      // theirs: of the marketplace
      return code === 'ROUTE_NOT_FOUND' || /\broute\b/i.test(message)
        ? { kind: 'unsupported', problem }
        : { kind: 'over', problem };
    case 405:
    case 410:
    case 501:
      return { kind: 'unsupported', problem };
    case 408:
    case 499:
      return { kind: 'unknown', problem };
    case 409:
      return { kind: 'over', problem };
    case 425:
    case 429:
      return { kind: 'later', problem, retryAfterMs: retryAfterMs ?? AFTER_LIMIT_MS };
    case 503:
      return { kind: 'later', problem, retryAfterMs };
    default: {
      const decides = status >= 400 && status < 500 && !isWordless(error);
      return { kind: decides ? 'refused' : 'unknown', problem };
    }
  }
}

/** The artifacts that the marketplace has of a hiring (Agrenting API reference, 5). */
export async function listArtifacts(
  client: RestClient,
  access: AgentAccess,
  hiringId: HiringId,
): Promise<ArtifactList> {
  const path = `/hirings/${hiringId}/artifacts`;
  const answer = await client.send({ method: 'GET', path, access, schemes: 'key' });
  if (answer.kind === 'success') {
    // An answer without a list says nothing about what is there.
    return list.safeParse(answer.data).success
      ? { kind: 'artifacts', artifacts: artifactsIn(answer.data) }
      : { kind: 'unavailable', problem: 'the marketplace returned no list of artifacts' };
  }
  const problem = answer.kind === 'failure' ? describeApiError(answer.error) : answer.problem;
  return { kind: 'unavailable', problem };
}

/** An id of more characters is none. */
const MAX_ID_CHARACTERS = 500;

/**
 * The SHA-256 of what the marketplace gives of an artifact (Agrenting API reference, 10): of the raw bytes, from its own
 * origin, whatever `download_url` says.
 */
export async function digestArtifact(
  client: RestClient,
  access: AgentAccess,
  artifactId: string,
  maxBytes: number,
): Promise<ArtifactDigest> {
  const id = encodeURIComponent(artifactId.toWellFormed());
  // A step that leads elsewhere is no id.
  if (id === '.' || id === '..' || id.length > MAX_ID_CHARACTERS) {
    return { kind: 'absent', problem: 'an artifact has an invalid id' };
  }
  const answer = await client.digest({ path: `/artifacts/${id}/download`, access, schemes: 'key', maxBytes });
  switch (answer.kind) {
    case 'digest':
    case 'too_large':
      return answer;
    case 'failure': {
      const problem = describeApiError(answer.error);
      return isAbsent(answer.error)
        ? { kind: 'absent', problem }
        : { kind: 'unavailable', problem, retryAfterMs: answer.retryAfterMs };
    }
    case 'limited':
      return { kind: 'unavailable', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
    case 'redirected':
    case 'lost':
      return { kind: 'unavailable', problem: answer.problem };
  }
}

/** True for a 404 that speaks of the artifact; a missing route is another thing. */
function isAbsent({ status, code, message }: ApiError): boolean {
  if (status !== 404) return false;
  if (code !== undefined) return code === 'NOT_FOUND' || code === 'ARTIFACT_NOT_FOUND';
  // theirs: of the marketplace
  return /\bartifact\b/i.test(message) && !/\broute\b/i.test(message);
}

const artifact = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  name: z.string(),
  size_bytes: z.number().nullish().catch(undefined),
});
const list = z.union([
  z.array(z.unknown()),
  z.object({ artifacts: z.array(z.unknown()) }).transform(({ artifacts }) => artifacts),
  z.object({ items: z.array(z.unknown()) }).transform(({ items }) => items),
]);

function artifactsIn(data: unknown): readonly UploadedArtifact[] {
  return (list.safeParse(data).data ?? []).flatMap((item) => {
    const parsed = artifact.safeParse(item).data;
    if (parsed === undefined) return [];
    return [{ id: parsed.id, name: parsed.name, sizeBytes: parsed.size_bytes ?? undefined }];
  });
}

/**
 * The ids in the order of what was sent; names may occur twice, each id is given once. Where the answer has more of a name
 * than were sent, it shows others beside these, and the name does not say which is which.
 */
function idsOf(
  sent: readonly Artifact[],
  stored: readonly UploadedArtifact[],
): readonly (string | undefined)[] {
  const left = [...stored];
  const countOf = (name: string, all: readonly { readonly name: string }[]): number =>
    all.filter((each) => each.name.toWellFormed() === name.toWellFormed()).length;
  return sent.map(({ name }) => {
    if (countOf(name, stored) > countOf(name, sent)) return undefined;
    const at = left.findIndex((each) => each.name === name.toWellFormed());
    return at === -1 ? undefined : left.splice(at, 1)[0]?.id;
  });
}
