import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  AgentId,
  Artifact,
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
      // Whoever answers without the artifacts may have none of them: the list shows it.
      return (list.safeParse(answer.data).data ?? []).length > 0
        ? { kind: 'uploaded', ids: idsOf(artifacts, artifactsIn(answer.data)) }
        : { kind: 'unknown', problem: 'the answer does not show the artifacts', taken: true };
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
      : { kind: 'unavailable', problem: 'the marketplace gave no list of artifacts' };
  }
  const problem = answer.kind === 'failure' ? describeApiError(answer.error) : answer.problem;
  return { kind: 'unavailable', problem };
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

/** The ids in the order of what was sent; names may occur twice, each id is given once. */
function idsOf(
  sent: readonly Artifact[],
  stored: readonly UploadedArtifact[],
): readonly (string | undefined)[] {
  const left = [...stored];
  return sent.map(({ name }) => {
    const at = left.findIndex((each) => each.name === name.toWellFormed());
    return at === -1 ? undefined : left.splice(at, 1)[0]?.id;
  });
}
