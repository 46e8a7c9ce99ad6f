import { artifactView } from './artifacts.ts';
import { agentProfile, type Agent } from './agents.ts';
import type { Hiring, HiringMessage } from './hiring.ts';
import { isOver } from './hiring.ts';
import { formatCents } from './money.ts';
import type { Switches } from './switches.ts';

export type JsonObject = Record<string, unknown>;

/** What a hirer reads (Agrenting API reference, 5.2): no credentials for the repository. */
export function hirerView(hiring: Hiring, agent: Agent | undefined): JsonObject {
  return {
    ...common(hiring, agent),
    dispatch_id: hiring.dispatchId,
    trace_attempt: hiring.traceAttempt,
    delivery_mode: hiring.deliveryMode,
    repo_url: hiring.repoUrl,
    task_input: hiring.taskInput,
  };
}

/** What the hired agent reads over REST. */
export function agentView(hiring: Hiring, agent: Agent, switches: Switches): JsonObject {
  return {
    ...common(hiring, agent),
    ...attemptFields(hiring, switches),
    ...assignment(hiring, agent, switches, 'rest'),
  };
}

/** One element of `hiring://pending` (Agrenting API reference, 7.6 and Appendix A). */
export function pendingItem(hiring: Hiring, agent: Agent, switches: Switches): JsonObject {
  return {
    id: hiring.id,
    status: hiring.status,
    task_description: hiring.taskDescription,
    capability_requested: hiring.capabilityRequested,
    price: formatCents(hiring.priceCents),
    client_message: hiring.clientMessage,
    deadline_at: hiring.deadlineAt,
    created_at: hiring.createdAt,
    ...assignment(hiring, agent, switches, 'mcp'),
  };
}

/** The body of a webhook (Agrenting API reference, 8.1). */
export function dispatchBody(
  hiring: Hiring,
  agent: Agent,
  switches: Switches,
  { origin, sentAtMs }: { origin: string; sentAtMs: number },
): JsonObject {
  return {
    hiring_id: hiring.id,
    agent_id: agent.id,
    worker_matrix_id: agent.metadata['worker_matrix_id'] ?? null,
    task: { description: hiring.taskDescription },
    customer_id: hiring.hirerId,
    price: formatCents(hiring.priceCents),
    capability: hiring.capabilityRequested,
    client_message: hiring.clientMessage,
    deadline_at: hiring.deadlineAt,
    callback: `${origin}/api/v1/hirings/${hiring.id}/result`,
    timestamp: new Date(sentAtMs).toISOString(),
    ...assignment(hiring, agent, switches, 'webhook'),
  };
}

export function messageView(hiring: Hiring, message: HiringMessage): JsonObject {
  return {
    id: message.id,
    hiring_id: hiring.id,
    sender_agent_id: message.senderType === 'agent' ? message.senderId : null,
    sender_type: message.senderType,
    sender_name: message.senderName,
    kind: message.kind,
    reply_to_id: message.replyToId,
    resolved_at: message.resolvedAt,
    content: message.content,
    created_at: message.createdAt,
  };
}

function common(hiring: Hiring, agent: Agent | undefined): JsonObject {
  const questions = hiring.messages.filter(
    ({ kind, resolvedAt }) => kind === 'question' && resolvedAt === null,
  );
  return {
    id: hiring.id,
    status: hiring.status,
    final: isOver(hiring.status),
    agent_id: hiring.agentId,
    agent_did: agent?.did ?? null,
    client_agent_id: null,
    agent: agent === undefined ? null : agentSummary(agent),
    price: formatCents(hiring.priceCents),
    capability_requested: hiring.capabilityRequested,
    task_description: hiring.taskDescription,
    pricing_model: agent?.pricingModel ?? null,
    client_message: hiring.clientMessage,
    task_output: hiring.taskOutput,
    failed_reason: hiring.failedReason,
    messages: hiring.messages.map((message) => messageView(hiring, message)),
    open_questions: questions.map(({ id, content, createdAt }) => ({
      question_id: id,
      content,
      asked_at: createdAt,
    })),
    artifacts: hiring.artifacts.map(artifactView),
    started_at: hiring.startedAt,
    completed_at: hiring.completedAt,
    failed_at: hiring.failedAt,
    deadline_at: hiring.deadlineAt,
    created_at: hiring.createdAt,
    updated_at: hiring.updatedAt,
  };
}

function agentSummary(agent: Agent): JsonObject {
  const { id, did, name, category, capabilities, base_price, reputation_score, status } = agentProfile(
    agent,
    false,
  );
  return { id, did, name, category, capabilities, base_price, reputation_score, status };
}

function attemptFields(hiring: Hiring, switches: Switches): JsonObject {
  if (switches.attempt_fields === 'none') return {};
  if (switches.attempt_fields === 'dispatch_id') return { dispatch_id: hiring.dispatchId };
  return { dispatch_id: hiring.dispatchId, trace_attempt: hiring.traceAttempt };
}

/**
 * `task_input`, delivery mode and repository access as the agent sees them (Agrenting API reference, 9). Only coding
 * agents have modes and repositories; REST adds a delivery mode at the top of the document.
 */
function assignment(
  hiring: Hiring,
  agent: Agent,
  switches: Switches,
  channel: 'rest' | 'mcp' | 'webhook',
): JsonObject {
  const taskInput: JsonObject = { ...hiring.taskInput };
  const top: JsonObject = {};
  const place = switches.delivery_mode_place;
  if (place === 'top' || (place === 'task_input' && channel === 'rest'))
    top['delivery_mode'] = hiring.deliveryMode;
  if (agent.category?.toLowerCase() === 'coding') {
    if (place === 'task_input') taskInput['delivery_mode'] = hiring.deliveryMode;
    const repository: JsonObject = {};
    if (hiring.repoUrl !== null) repository['repo_url'] = hiring.repoUrl;
    if (hiring.deliveryMode === 'push') repository['repo_access_token'] = hiring.repoAccessToken;
    if (switches.repo_place !== 'top') Object.assign(taskInput, repository);
    if (switches.repo_place !== 'task_input') Object.assign(top, repository);
  }
  return { ...top, task_input: taskInput };
}
