import { artifactOf, hiringIdSchema, type Artifact } from '@agrenting-hiclaw/core/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { calmStage } from '../../test/calm-stage.ts';
import type { Stage } from '../crash-points.ts';
import { ONE_UPLOAD, UploadsOnce } from './uploads-once.ts';

const PROCESS = 'process-1';
const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-000000000001');
const LAG_MS = 300_000;
const batch: readonly Artifact[] = [artifactOf('a.txt', { bytes: Buffer.from('the sea'), sha256: '01' })];

let stage: Stage;
let uploads: UploadsOnce;
beforeEach(() => {
  stage = calmStage({}, 1_000_000);
  uploads = new UploadsOnce(stage);
  uploads.claimed(PROCESS, hiringId);
});

function pass(forMs: number): void {
  const { timeline } = stage;
  const untilMs = timeline.nowMs + forMs;
  timeline.after(forMs, () => undefined);
  while (timeline.step(untilMs));
}

/** The batch arrives, and is listed after the lag. */
function arrives(sending: readonly Artifact[], lagMs = LAG_MS, traceAttempt = 1): void {
  const listedAtMs = stage.timeline.nowMs + lagMs;
  const file = { id: 'artifact-1', hiringId, traceAttempt, name: 'a.txt', sha256: '01', listedAtMs };
  uploads.stored(file, sending);
}

function upload(lagMs?: number, traceAttempt?: number): void {
  arrives(uploads.sends(batch), lagMs, traceAttempt);
}

/** The answer arrives. */
function answered(process = PROCESS): void {
  uploads.answered(process, hiringId, batch);
}

const broken = (): readonly string[] => stage.violations.all.map(({ rule }) => rule);

describe('a second upload of a file in one attempt is a fault', () => {
  test('once the answer to the first was noted', () => {
    upload();
    answered();
    uploads.committed(PROCESS, hiringId);
    upload();
    expect(broken()).toEqual([ONE_UPLOAD]);
  });

  test('once the first is listed, no matter who looked', () => {
    upload();
    pass(LAG_MS);
    upload();
    expect(broken()).toEqual([ONE_UPLOAD]);
  });

  test('at once where it is listed at once', () => {
    upload(0);
    upload(0);
    expect(broken()).toEqual([ONE_UPLOAD]);
  });

  test('where one of several before it was listed', () => {
    upload();
    pass(LAG_MS - 1);
    upload();
    pass(1);
    upload();
    expect(broken()).toEqual([ONE_UPLOAD]);
  });
});

describe('a second upload of a file is none', () => {
  test('where the answer to the first was lost and no list shows it yet', () => {
    upload();
    pass(LAG_MS - 1);
    upload();
    expect(broken()).toEqual([]);
  });

  test('where the process that had the answer died, or could not store it', () => {
    upload();
    answered('process-2');
    uploads.committed(PROCESS, hiringId);
    answered();
    uploads.claimed(PROCESS, hiringId);
    uploads.committed(PROCESS, hiringId);
    upload();
    expect(broken()).toEqual([]);
  });

  test('where it was under way as the first was listed', () => {
    upload();
    const sending = uploads.sends(batch);
    pass(LAG_MS);
    arrives(sending);
    expect(broken()).toEqual([]);
  });

  test('in another attempt', () => {
    upload(0);
    upload(0, 2);
    expect(broken()).toEqual([]);
  });
});
