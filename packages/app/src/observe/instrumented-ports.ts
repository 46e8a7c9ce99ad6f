import {
  delegate,
  intercept,
  type Artifact,
  type SendOutcome,
  type UploadOutcome,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import type { AppMetrics } from './metrics.ts';
import { createOutside, type System } from './outside-call.ts';

type Ports = Pick<
  EnginePorts,
  'marketplace' | 'messenger' | 'rooms' | 'storage' | 'lifecycle' | 'repositories' | 'manager'
>;

/** The ports to what is outside, each call measured and a span of the step that makes it. */
export function instrumented<P extends Ports>(ports: P, appMetrics: AppMetrics): P {
  const outside = createOutside(appMetrics);
  const traced = <Port extends object>(port: Port, system: System): Port =>
    intercept(port, async ({ method, proceed }) => await outside(system, labelOf(method), proceed));
  const { repositories, manager } = ports;
  return {
    ...ports,
    marketplace: countMarketplace(traced(ports.marketplace, 'marketplace'), appMetrics),
    messenger: countMessages(traced(ports.messenger, 'matrix'), appMetrics),
    rooms: traced(ports.rooms, 'matrix'),
    storage: countStorage(traced(ports.storage, 'storage'), appMetrics),
    lifecycle: countStarts(traced(ports.lifecycle, 'lifecycle'), appMetrics),
    repositories: repositories && countPushes(traced(repositories, 'git'), appMetrics),
    manager: manager && traced(manager, 'matrix'),
  };
}

/** The method as metrics and traces name it: `readHiring` is `read_hiring`. */
function labelOf(method: string): string {
  return method.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function countMarketplace(port: Ports['marketplace'], appMetrics: AppMetrics): Ports['marketplace'] {
  return delegate(port, {
    async readHiring(...given) {
      const read = await port.readHiring(...given);
      appMetrics.reads.inc({ outcome: read.kind, source: read.kind === 'found' ? read.source : 'none' });
      return read;
    },
    async settle(agentId, hiringId, settlement) {
      const outcome = await port.settle(agentId, hiringId, settlement);
      const { endpoint } = settlement;
      // Nothing was sent without a way.
      if (outcome.by !== undefined) {
        appMetrics.settlements.inc({ endpoint, way: outcome.by, outcome: outcome.kind });
      }
      return outcome;
    },
    async upload(agentId, hiringId, artifacts) {
      const outcome = await port.upload(agentId, hiringId, artifacts);
      countUpload(appMetrics, artifacts, outcome);
      return outcome;
    },
    async sendMessage(...given) {
      const outcome = await port.sendMessage(...given);
      appMetrics.conversation.inc({
        direction: 'to_hirer',
        outcome: outcome.kind === 'delivered' ? 'delivered' : 'failed',
      });
      return outcome;
    },
  });
}

function countUpload(appMetrics: AppMetrics, artifacts: readonly Artifact[], { kind }: UploadOutcome): void {
  appMetrics.uploads.inc({ outcome: kind });
  if (kind !== 'uploaded') return;
  appMetrics.uploadedFiles.inc(artifacts.length);
  appMetrics.uploadedBytes.inc(artifacts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
}

function countMessages(port: Ports['messenger'], appMetrics: AppMetrics): Ports['messenger'] {
  return delegate(port, {
    async send(message) {
      const outcome = await port.send(message);
      countMessage(appMetrics, message, outcome);
      return outcome;
    },
  });
}

/** A setting limits how often a worker is notified; a label needs a limit of its own. */
const MAX_NUMBER = 5;

function countMessage(
  appMetrics: AppMetrics,
  { purpose, number }: WorkerMessage,
  outcome: SendOutcome,
): void {
  const shownNumber = number < MAX_NUMBER ? String(number) : `${MAX_NUMBER}+`;
  appMetrics.workerMessages.inc({ purpose, number: shownNumber, outcome: outcome.kind });
  if (outcome.kind !== 'limited') return;
  appMetrics.limitWaits.inc();
  appMetrics.limitSeconds.inc(outcome.retryAfterMs / 1_000);
}

function countStorage(port: Ports['storage'], appMetrics: AppMetrics): Ports['storage'] {
  return delegate(port, {
    async addMessage(...given) {
      const outcome = await port.addMessage(...given);
      appMetrics.conversation.inc({
        direction: 'to_worker',
        outcome: outcome.kind === 'staged' ? 'delivered' : 'failed',
      });
      return outcome;
    },
  });
}

function countStarts(port: Ports['lifecycle'], appMetrics: AppMetrics): Ports['lifecycle'] {
  return delegate(port, {
    async ensureReady(worker) {
      const readiness = await port.ensureReady(worker);
      if (readiness.kind === 'starting') appMetrics.workerStarts.inc();
      return readiness;
    },
  });
}

function countPushes(
  port: NonNullable<Ports['repositories']>,
  appMetrics: AppMetrics,
): NonNullable<Ports['repositories']> {
  return delegate(port, {
    async push(order) {
      const outcome = await port.push(order);
      appMetrics.pushes.inc({ outcome: outcome.kind });
      return outcome;
    },
  });
}
