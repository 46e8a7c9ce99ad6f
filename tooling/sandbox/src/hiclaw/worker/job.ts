import { isoSeconds } from '../clock.ts';
import type { Behaviour, DeliveredFile } from './behaviour.ts';
import {
  asksForFileSync,
  deliverablesIn,
  forbidsRepetition,
  reportTo,
  titleOf,
  wantsStatusLines,
  wantsTaskIdInLine,
} from './instructions.ts';
import type { ObjectClient } from './object-client.ts';
import type { WorkerMachine } from './profile.ts';
import { summaryOf, writeDeliverable, writeResult } from './scripted-model.ts';

export interface Job {
  readonly taskId: string;
  /** The whole turn's text; several messages may be in it. */
  readonly message: string;
  readonly behaviour: Behaviour;
}

export interface JobTools {
  readonly machine: WorkerMachine;
  readonly objects: ObjectClient;
  readonly signal: AbortSignal;
  /** Says something in the room of the job; a mention is given by the MXIDs in the text. */
  readonly say: (text: string) => Promise<void>;
}

/** Its process is gone, as by a crash. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** `asked`: it waits for an answer in the room and goes on with it. */
export type JobOutcome = 'done' | 'asked';

/** One job from the message to the completion line, in the order of HiClaw reference, 2.4. */
export const runJob = async (job: Job, tools: JobTools): Promise<JobOutcome> => {
  const { machine, say } = tools;
  const { taskId, message, behaviour } = job;
  const folder = `shared/tasks/${taskId}/`;
  await say(`Received task ${taskId}, I am starting. (simulated worker)`);
  if (behaviour.kind === 'silent') return 'done';
  if (behaviour.kind === 'deaf') machine.revokeTokens();
  if (asksForFileSync(message) || machine.disk.read(`${folder}spec.md`) === undefined) {
    await machine.disk.pull(tools.objects, folder);
  }
  const spec = machine.disk.read(`${folder}spec.md`);
  const coordinator = `@manager:${machine.serverName}`;
  const target = reportTo(spec ?? '', message, machine.userId, coordinator);
  const withId = wantsTaskIdInLine(`${spec ?? ''}\n${message}`, taskId);
  const report = (marker: string, text: string): Promise<void> =>
    say(`${target} ${marker}: ${withId ? `${taskId} - ` : ''}${text}`);
  if (spec === undefined) {
    await report('BLOCKED', `${folder}spec.md is neither here nor in storage`);
    return 'done';
  }
  if (behaviour.kind === 'question') {
    await report('QUESTION', behaviour.text);
    return 'asked';
  }
  const isDone = (machine.disk.read(`${folder}result.md`) ?? '') !== '';
  if (behaviour.kind === 'complete' && behaviour.again !== true && isDone && forbidsRepetition(spec)) {
    await report('TASK_COMPLETED', 'the result was there already, simulated worker did nothing again');
    return 'done';
  }
  const startedAtMs = machine.clock.now();
  const write = (path: string, content: string | Uint8Array): void => {
    machine.disk.write(`${folder}${path}`, content);
  };
  const push = (): Promise<void> =>
    machine.disk.push(
      tools.objects,
      folder,
      (key) => key === `${folder}spec.md` || key.startsWith(`${folder}base/`),
    );
  const work = async (): Promise<void> => {
    const own = 'workDurationMs' in behaviour ? behaviour.workDurationMs : undefined;
    await machine.clock.sleep(own ?? machine.times.workMs, tools.signal);
  };
  write('plan.md', plan(taskId, titleOf(spec, taskId), machine.name, startedAtMs));
  note(tools, folder, 'Read the spec', startedAtMs);
  await push();
  await work();
  switch (behaviour.kind) {
    case 'complete':
    case 'result-without-claim':
    case 'deaf':
    case 'placeholder': {
      const files = filesOf(behaviour, taskId, spec);
      for (const file of files) write(file.path, contentOf(file));
      write(
        'result.md',
        resultOf(
          behaviour,
          taskId,
          spec,
          files.map((file) => file.path),
        ),
      );
      note(tools, folder, 'Wrote the result', machine.clock.now());
      await push();
      if (behaviour.kind === 'result-without-claim') return 'done';
      const told = behaviour.kind === 'complete' ? behaviour.summary : undefined;
      await report('TASK_COMPLETED', told ?? summaryOf(taskId, spec));
      return 'done';
    }
    case 'fail': {
      const status = wantsStatusLines(spec)
        ? `STATUS: BLOCKED\nSUMMARY: ${behaviour.reason}\nDELIVERABLES:\n`
        : '';
      write('result.md', status === '' ? `STATUS: BLOCKED\n\n${behaviour.reason}\n` : status);
      await push();
      await report('BLOCKED', behaviour.reason);
      return 'done';
    }
    case 'claim-without-result':
      await report('TASK_COMPLETED', summaryOf(taskId, spec));
      return 'done';
    case 'error-text':
      await say(behaviour.text);
      return 'done';
    case 'crash':
      throw new WorkerDied('the sandbox was told to let this worker crash at work');
  }
};

const plan = (taskId: string, title: string, worker: string, startedAtMs: number): string =>
  [
    `# Task Plan: ${title}`,
    '',
    `**Task ID**: ${taskId}`,
    `**Assigned to**: ${worker}`,
    `**Started**: ${isoSeconds(startedAtMs)}`,
    '',
    '## Steps',
    '',
    '- [ ] Read the spec',
    '- [ ] Do the work',
    '- [ ] Write result.md',
    '',
    '## Notes',
    '',
    'Planned by a simulated worker.',
    '',
  ].join('\n');

const note = (tools: JobTools, folder: string, title: string, timeMs: number): void => {
  const time = new Date(timeMs).toISOString();
  const path = `${folder}progress/${time.slice(0, 'yyyy-mm-dd'.length)}.md`;
  const before = tools.machine.disk.read(path) ?? '';
  const entry = `## ${time.slice('yyyy-mm-ddT'.length, 'yyyy-mm-ddThh:mm'.length)} — ${title}\n\n- State: going on\n\n`;
  tools.machine.disk.write(path, before + entry);
};

const contentOf = (file: DeliveredFile): Uint8Array => {
  if ('text' in file) return Buffer.from(file.text);
  return 'base64' in file ? Buffer.from(file.base64, 'base64') : Buffer.alloc(file.sizeBytes, 'sandbox ');
};

const filesOf = (behaviour: Behaviour, taskId: string, spec: string): DeliveredFile[] => {
  if (behaviour.kind === 'complete' && behaviour.files !== undefined) return behaviour.files;
  return deliverablesIn(spec, taskId).map((path) => ({ path, text: writeDeliverable(path, taskId, spec) }));
};

const resultOf = (behaviour: Behaviour, taskId: string, spec: string, files: readonly string[]): string => {
  if (behaviour.kind === 'placeholder') return behaviour.text;
  if (behaviour.kind === 'complete' && behaviour.result !== undefined) return behaviour.result;
  return writeResult(taskId, spec, files);
};
