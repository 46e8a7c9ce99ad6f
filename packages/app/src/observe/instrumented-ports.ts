import type { Artifact, SendOutcome, UploadOutcome, WorkerMessage } from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import type { AppMetrics } from './metrics.ts';
import { createOutside, type Outside } from './outside-call.ts';

type Ports = Pick<
  EnginePorts,
  'marketplace' | 'messenger' | 'rooms' | 'storage' | 'lifecycle' | 'repositories' | 'manager'
>;

/** The ports to what is outside, each call measured and a span of the step that makes it. */
export function instrumented<P extends Ports>(ports: P, appMetrics: AppMetrics): P {
  const outside = createOutside(appMetrics);
  const { rooms, manager } = ports;
  return {
    ...ports,
    marketplace: marketplace(ports, appMetrics, outside),
    messenger: messenger(ports, appMetrics, outside),
    rooms: {
      open: async (order) => await outside('matrix', 'open_room', async () => await rooms.open(order)),
    },
    storage: storage(ports, appMetrics, outside),
    lifecycle: lifecycle(ports, appMetrics, outside),
    repositories: repositories(ports, appMetrics, outside),
    manager:
      manager === undefined
        ? undefined
        : {
            lookAfter: async (task) =>
              await outside('matrix', 'ask_manager', async () => await manager.lookAfter(task)),
          },
  };
}

function marketplace(
  { marketplace: port }: Ports,
  appMetrics: AppMetrics,
  outside: Outside,
): Ports['marketplace'] {
  return {
    async readHiring(agentId, hiringId, ask) {
      const read = await outside(
        'marketplace',
        'read',
        async () => await port.readHiring(agentId, hiringId, ask),
      );
      appMetrics.reads.inc({ outcome: read.kind, source: read.kind === 'found' ? read.source : 'none' });
      return read;
    },
    async settle(agentId, hiringId, settlement) {
      const outcome = await outside(
        'marketplace',
        'settle',
        async () => await port.settle(agentId, hiringId, settlement),
      );
      const { endpoint } = settlement;
      // Nothing was sent without a way.
      if (outcome.by !== undefined) {
        appMetrics.settlements.inc({ endpoint, way: outcome.by, outcome: outcome.kind });
      }
      return outcome;
    },
    async upload(agentId, hiringId, artifacts) {
      const outcome = await outside(
        'marketplace',
        'upload',
        async () => await port.upload(agentId, hiringId, artifacts),
      );
      countUpload(appMetrics, artifacts, outcome);
      return outcome;
    },
    artifacts: async (agentId, hiringId) =>
      await outside('marketplace', 'list_files', async () => await port.artifacts(agentId, hiringId)),
    artifactDigest: async (agentId, hiringId, artifactId, maxBytes) =>
      await outside(
        'marketplace',
        'digest_file',
        async () => await port.artifactDigest(agentId, hiringId, artifactId, maxBytes),
      ),
    async tell(agentId, hiringId, message) {
      const outcome = await outside(
        'marketplace',
        'tell',
        async () => await port.tell(agentId, hiringId, message),
      );
      appMetrics.conversation.inc({
        direction: 'to_hirer',
        outcome: outcome.kind === 'told' ? 'told' : 'failed',
      });
      return outcome;
    },
    context: async (agentId) =>
      await outside('marketplace', 'context', async () => await port.context(agentId)),
  };
}

function countUpload(appMetrics: AppMetrics, artifacts: readonly Artifact[], { kind }: UploadOutcome): void {
  appMetrics.uploads.inc({ outcome: kind });
  if (kind !== 'uploaded') return;
  appMetrics.uploadedFiles.inc(artifacts.length);
  appMetrics.uploadedBytes.inc(artifacts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
}

function messenger({ messenger: port }: Ports, appMetrics: AppMetrics, outside: Outside): Ports['messenger'] {
  return {
    async send(message) {
      const outcome = await outside('matrix', 'send', async () => await port.send(message));
      countMessage(appMetrics, message, outcome);
      return outcome;
    },
    findAssignments: async (attempt, sinceMs) =>
      await outside('matrix', 'find_messages', async () => await port.findAssignments(attempt, sinceMs)),
  };
}

/** A setting bounds how often a worker is told; a label is bounded by itself. */
const MAX_NUMBER = 5;

function countMessage(
  appMetrics: AppMetrics,
  { purpose, number }: WorkerMessage,
  outcome: SendOutcome,
): void {
  const told = number < MAX_NUMBER ? String(number) : `${MAX_NUMBER}+`;
  appMetrics.workerMessages.inc({ purpose, number: told, outcome: outcome.kind });
  if (outcome.kind !== 'limited') return;
  appMetrics.limitWaits.inc();
  appMetrics.limitSeconds.inc(outcome.retryAfterMs / 1_000);
}

function storage({ storage: port }: Ports, appMetrics: AppMetrics, outside: Outside): Ports['storage'] {
  return {
    stage: async (order) => await outside('storage', 'stage', async () => await port.stage(order)),
    inspect: async (taskId, expected) =>
      await outside('storage', 'inspect', async () => await port.inspect(taskId, expected)),
    verify: async (taskId, written) =>
      await outside('storage', 'verify', async () => await port.verify(taskId, written)),
    collect: async (taskId) => await outside('storage', 'collect', async () => await port.collect(taskId)),
    read: async (taskId, name, maxBytes) =>
      await outside('storage', 'read', async () => await port.read(taskId, name, maxBytes)),
    async addMessage(taskId, message) {
      const outcome = await outside(
        'storage',
        'add_message',
        async () => await port.addMessage(taskId, message),
      );
      appMetrics.conversation.inc({
        direction: 'to_worker',
        outcome: outcome.kind === 'staged' ? 'told' : 'failed',
      });
      return outcome;
    },
    forgetToken: async (order) =>
      await outside('storage', 'forget_token', async () => await port.forgetToken(order)),
    noteDelegated: async (taskId, notifiedAtMs) =>
      await outside('storage', 'note_told', async () => await port.noteDelegated(taskId, notifiedAtMs)),
  };
}

function lifecycle({ lifecycle: port }: Ports, appMetrics: AppMetrics, outside: Outside): Ports['lifecycle'] {
  return {
    async ensureReady(worker) {
      const readiness = await outside(
        'lifecycle',
        'ensure_ready',
        async () => await port.ensureReady(worker),
      );
      if (readiness.kind === 'starting') appMetrics.workerStarts.inc();
      return readiness;
    },
  };
}

function repositories(
  { repositories: port }: Ports,
  appMetrics: AppMetrics,
  outside: Outside,
): Ports['repositories'] {
  if (port === undefined) return undefined;
  return {
    source: async (access) => await outside('git', 'read_source', async () => await port.source(access)),
    async push(order) {
      const outcome = await outside('git', 'push', async () => await port.push(order));
      appMetrics.pushes.inc({ outcome: outcome.kind });
      return outcome;
    },
  };
}
