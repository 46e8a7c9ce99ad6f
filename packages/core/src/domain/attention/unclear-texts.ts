import { inQuotes } from '../text/in-quotes.ts';
import type { ResultDoubt, UnclearResult } from './unclear-result.ts';

const DOUBTS: Readonly<Record<ResultDoubt, string>> = {
  status_below: 'it contains a status other than success outside a header, so the work may be incomplete',
  bare_word: 'it begins like a failure report or a question, but may be the answer itself',
  says_failed:
    'it begins by saying that something could not be done, and has no header that says what came of the work',
  may_refuse: 'it is short and may say that the work was not done, or ask for something',
  lone_status:
    'its status is no success, but it has a title and a text of its own, so the status may be what was found out',
  other_status:
    'a status that is no success stands at its top, but not as the worker was asked to write it, so it may be of what the answer is about',
  long_failure: 'it is reported as a failure, but contains enough text that it may be the work',
};

/** Why a result is unclear, for its owner, as a text that follows "the result is held:". */
export function unclearText(unclear: UnclearResult): string {
  switch (unclear.code) {
    case 'too_many_objects':
      return 'the task folder contains more files than are inspected';
    case 'named_result_missing':
      return 'meta.json names a result that is not a file of the worker in the task folder';
    case 'no_result':
      return 'the task folder contains no result.md';
    case 'answer_too_large':
      return `${inQuotes(unclear.name)} is larger than ${unclear.maxBytes} bytes`;
    case 'answer_not_text':
      return `${inQuotes(unclear.name)} is not text`;
    case 'doubtful_answer':
      return DOUBTS[unclear.doubt];
    case 'contradicting_status':
      return `meta.json says ${inQuotes(unclear.status)}, and result.md does not`;
    case 'question_missing':
      return 'the worker asks a question, but its summary does not contain it';
    case 'partial':
      return `the worker completed only a part of the task: ${inQuotes(unclear.summary)}`;
    case 'needs_revision': {
      const why = unclear.summary === '' ? 'no reason given' : inQuotes(unclear.summary);
      return `the worker reports that the result needs revision: ${why}`;
    }
    case 'unknown_status':
      return `the worker reported an unknown status: ${inQuotes(unclear.status)}`;
    case 'deliverable_missing':
      return `the worker lists ${inQuotes(unclear.name)} as delivered, but it is not in storage`;
    case 'too_many_files':
      return `it has ${unclear.leftOut} more files than the limit of ${unclear.maxFiles}`;
  }
}
