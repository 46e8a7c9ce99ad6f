import type { Artifact, SendOutcome, UploadOutcome, WorkerMessage } from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import type { Figures } from './metrics.ts';
import { createOutside, type Outside } from './outside-call.ts';

type Ports = Pick<
  EnginePorts,
  'marketplace' | 'messenger' | 'rooms' | 'storage' | 'lifecycle' | 'repositories' | 'manager'
>;

/** The ports to what is outside, each call measured and a span of the step that makes it. */
export function measured<P extends Ports>(ports: P, figures: Figures): P {
  const outside = createOutside(figures);
  const { rooms, manager } = ports;
  return {
    ...ports,
    marketplace: marketplace(ports, figures, outside),
    messenger: messenger(ports, figures, outside),
    rooms: {
      open: async (order) => await outside('matrix', 'open_room', async () => await rooms.open(order)),
    },
    storage: storage(ports, figures, outside),
    lifecycle: lifecycle(ports, figures, outside),
    repositories: repositories(ports, figures, outside),
    manager:
      manager === undefined
        ? undefined
        : {
            lookAfter: async (task) =>
              await outside('matrix', 'ask_manager', async () => await manager.lookAfter(task)),
          },
  };
}

function marketplace({ marketplace: port }: Ports, figures: Figures, outside: Outside): Ports['marketplace'] {
  return {
    async readHiring(agentId, hiringId, ask) {
      const read = await outside(
        'marketplace',
        'read',
        async () => await port.readHiring(agentId, hiringId, ask),
      );
      figures.reads.inc({ outcome: read.kind, source: read.kind === 'found' ? read.source : 'none' });
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
        figures.settlements.inc({ endpoint, way: outcome.by, outcome: outcome.kind });
      }
      return outcome;
    },
    async upload(agentId, hiringId, artifacts) {
      const outcome = await outside(
        'marketplace',
        'upload',
        async () => await port.upload(agentId, hiringId, artifacts),
      );
      countUpload(figures, artifacts, outcome);
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
      figures.conversation.inc({
        direction: 'to_hirer',
        outcome: outcome.kind === 'told' ? 'told' : 'failed',
      });
      return outcome;
    },
    context: async (agentId) =>
      await outside('marketplace', 'context', async () => await port.context(agentId)),
  };
}

function countUpload(figures: Figures, artifacts: readonly Artifact[], { kind }: UploadOutcome): void {
  figures.uploads.inc({ outcome: kind });
  if (kind !== 'uploaded') return;
  figures.uploadedFiles.inc(artifacts.length);
  figures.uploadedBytes.inc(artifacts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
}

function messenger({ messenger: port }: Ports, figures: Figures, outside: Outside): Ports['messenger'] {
  return {
    async send(message) {
      const outcome = await outside('matrix', 'send', async () => await port.send(message));
      countMessage(figures, message, outcome);
      return outcome;
    },
    findAssignments: async (attempt, sinceMs) =>
      await outside('matrix', 'find_messages', async () => await port.findAssignments(attempt, sinceMs)),
  };
}

/** A setting bounds how often a worker is told; a label is bounded by itself. */
const MAX_NUMBER = 5;

function countMessage(figures: Figures, { purpose, number }: WorkerMessage, outcome: SendOutcome): void {
  const told = number < MAX_NUMBER ? String(number) : `${MAX_NUMBER}+`;
  figures.workerMessages.inc({ purpose, number: told, outcome: outcome.kind });
  if (outcome.kind !== 'limited') return;
  figures.limitWaits.inc();
  figures.limitSeconds.inc(outcome.retryAfterMs / 1_000);
}

function storage({ storage: port }: Ports, figures: Figures, outside: Outside): Ports['storage'] {
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
      figures.conversation.inc({
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

function lifecycle({ lifecycle: port }: Ports, figures: Figures, outside: Outside): Ports['lifecycle'] {
  return {
    async ensureReady(worker) {
      const readiness = await outside(
        'lifecycle',
        'ensure_ready',
        async () => await port.ensureReady(worker),
      );
      if (readiness.kind === 'starting') figures.workerStarts.inc();
      return readiness;
    },
  };
}

function repositories(
  { repositories: port }: Ports,
  figures: Figures,
  outside: Outside,
): Ports['repositories'] {
  if (port === undefined) return undefined;
  return {
    source: async (access) => await outside('git', 'read_source', async () => await port.source(access)),
    async push(order) {
      const outcome = await outside('git', 'push', async () => await port.push(order));
      figures.pushes.inc({ outcome: outcome.kind });
      return outcome;
    },
  };
}
