import { createHash } from 'node:crypto';
import {
  inQuotes,
  LIMITS,
  RESULT_OBJECT,
  type Collected,
  type TaskId,
  type UnclearResult,
} from '@agrenting-hiclaw/core/domain';
import { answerObject, deliveredFiles, missingDeliverable, promisedButMissing } from './delivered-files.ts';
import { listFolder, type FolderObject } from './folder-listing.ts';
import { isDelivered, readMeta, type TaskMeta } from './meta.ts';
import { namedDigests } from './named-digests.ts';
import type { ObjectStore } from './object-store.ts';
import { readResultText, statusOf, type ResultText } from './result-text.ts';
import { taskFolder } from './task-folder.ts';

/**
 * Reads what the worker delivered (HiClaw reference, 2.4 to 2.6). Text that is there is given as it is,
 * even an empty one: whether it is worth paying for, others judge.
 */
export async function collect(
  store: ObjectStore,
  taskId: TaskId,
  maxResultBytes: number,
): Promise<Collected> {
  const [listing, read] = await Promise.all([listFolder(store, taskId), readMeta(store, taskId)]);
  if (listing.kind !== 'listing') return { kind: 'unavailable', problem: listing.problem };
  if (read.kind === 'refused' || read.kind === 'unavailable') {
    return { kind: 'unavailable', problem: read.problem };
  }
  if (!listing.complete) {
    return { kind: 'unclear', why: { code: 'too_many_objects' } };
  }
  const meta = read.kind === 'meta' ? read.meta : undefined;
  const { objects } = listing;
  const name = answerObject(taskId, meta, objects)?.name;
  if (name === undefined) {
    if (meta?.resultPath !== undefined) return { kind: 'unclear', why: { code: 'named_result_missing' } };
    if (!isDelivered(meta)) return { kind: 'unclear', why: { code: 'no_result' } };
    return judge(taskId, EMPTY, meta, objects, undefined);
  }

  const object = await store.get(`${taskFolder(taskId)}${name}`, maxResultBytes);
  switch (object.kind) {
    case 'refused':
    case 'unavailable':
      return { kind: 'unavailable', problem: object.problem };
    case 'absent':
      return { kind: 'unavailable', problem: `${inQuotes(name)} was deleted while it was read` };
    case 'too_large':
      return { kind: 'unclear', why: { code: 'answer_too_large', name, maxBytes: maxResultBytes } };
    case 'object': {
      const text = decode(object.bytes);
      if (text === undefined) return { kind: 'unclear', why: { code: 'answer_not_text', name } };
      const collected = judge(taskId, readResultText(text), meta, objects, name);
      const sha256s = { answerSha256: object.sha256, answerSha256OtherEnd: otherEndOf(object.bytes) };
      switch (collected.kind) {
        case 'result':
        case 'unclear':
          return { ...collected, ...sha256s, ...digestsIn(taskId, text) };
        case 'failure':
        case 'question':
          return { ...collected, ...sha256s };
        case 'unavailable':
          return collected;
      }
    }
  }
}

const LINE_END = 0x0a;

function otherEndOf(bytes: Buffer): string {
  const hash = createHash('sha256');
  if (bytes.at(-1) === LINE_END) return hash.update(bytes.subarray(0, -1)).digest('hex');
  return hash.update(bytes).update('\n').digest('hex');
}

function digestsIn(taskId: TaskId, text: string): Pick<Extract<Collected, { kind: 'result' }>, 'digests'> {
  const digests = namedDigests(taskId, text);
  return digests.length === 0 ? {} : { digests };
}

const EMPTY = readResultText('');

function judge(
  taskId: TaskId,
  text: ResultText,
  meta: TaskMeta | undefined,
  objects: readonly FolderObject[],
  resultObject: string | undefined,
): Collected {
  // Beside a result.md the marker decides nothing: others may write to it.
  const marker = resultObject === RESULT_OBJECT ? undefined : meta;
  const statusText = text.statusText ?? marker?.resultStatus;
  const status = statusText === undefined ? 'done' : statusOf(statusText);
  const summary = oneLine(text.summary || marker?.summary || firstLine(text.body));
  const answer = answerOf(text, marker);
  // Of what only the marker calls a failure or a question, the answer itself goes to nobody.
  const said = text.statusText === undefined ? (marker?.summary ?? '').trim() : answer;
  const named = [...text.deliverables, ...(marker?.deliverables ?? [])];
  const { files, leftOut } = deliveredFiles(taskId, named, objects, resultObject);
  const result = { text: answer, summary, files, notes: text.notes };
  const unclear = (why: UnclearResult): Collected => ({ kind: 'unclear', why, result });
  const contradiction =
    marker === undefined && text.statusText === undefined ? meta?.resultStatus : undefined;
  if (contradiction !== undefined && statusOf(contradiction) !== 'done') {
    return unclear({ code: 'contradicting_status', status: oneLine(contradiction) });
  }
  const isAnswered = text.doubt === 'may_refuse' && files.length > 0;
  if (text.doubt !== undefined && !isAnswered && marker?.resultStatus === undefined) {
    return unclear({ code: 'doubtful_answer', doubt: text.doubt });
  }
  switch (status) {
    case 'failed': {
      const reason = text.reason ?? 'other';
      return {
        kind: 'failure',
        failure: { reason, text: said || `the worker reported ${inQuotes(statusText ?? '')}` },
      };
    }
    case 'question':
      if (said === '' && text.statusText === undefined) {
        return unclear({ code: 'question_missing' });
      }
      return { kind: 'question', what: said || summary };
    case 'partial':
      return unclear({ code: 'partial', summary });
    case 'revision':
      return unclear({ code: 'needs_revision', summary });
    case 'unknown':
      return unclear({ code: 'unknown_status', status: oneLine(statusText ?? '') });
    case 'done': {
      const missing = missingDeliverable(taskId, named, objects);
      if (missing !== undefined) return unclear({ code: 'deliverable_missing', name: missing });
      if (leftOut > 0) return unclear({ code: 'too_many_files', leftOut, maxFiles: files.length });
      const promised = promisedButMissing(taskId, named, objects);
      return { kind: 'result', result, missing: promised.length === 0 ? undefined : promised };
    }
  }
}

/** The whole answer; where there is nothing but header lines, what they say. */
function answerOf(text: ResultText, meta: TaskMeta | undefined): string {
  const notes = text.notes.length === 0 ? '' : `Notes:\n${text.notes.map((note) => `- ${note}`).join('\n')}`;
  const said = text.body || text.summary || meta?.summary || '';
  return [said.trim(), notes].filter(Boolean).join('\n\n');
}

function decode(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  for (const line of text.split('\n')) {
    const words = line
      .slice(0, 1_000)
      .replace(/^[\s#>*_-]+/, '')
      .replace(/(?<![\s*_])[\s*_]+$/, ''); // bounded: each run once, by what is before it
    if (words !== '') return words;
  }
  return '';
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LIMITS.summaryCharacters ? line : `${line.slice(0, LIMITS.summaryCharacters - 1)}…`;
}
