import { describe, expect, it } from 'vitest';
import { hiringIdSchema, taskIdOf } from '../hiring/ids.ts';
import { leadingId, namedTask } from './named-task.ts';

const HIRING = '7d1f0a52-93c4-4e0b-8a6d-5b2e9c4417fa';
const OTHER_HIRING = '0c9b7e31-5a28-4f6e-b1d3-86a4f0725ce9';
const NONCE = '51c0d8e2f94ab7063d1e55a9';
const OTHER_NONCE = 'e80b3f6617d2c94a5b70a1f3';
const idOf = (hiring: string, attempt: number, nonce: string) =>
  taskIdOf(hiringIdSchema.parse(hiring), attempt, nonce);
const taskId = idOf(HIRING, 1, NONCE);

describe('namedTask', () => {
  it.for([
    ['as it is', taskId],
    ['in capitals', taskId.toUpperCase()],
    ['beside another', `${idOf(OTHER_HIRING, 1, OTHER_NONCE)} and ${taskId}`],
    ['by the hiring', `agrenting-${HIRING}`],
    ['by the hiring and the number of the attempt', `agrenting-${HIRING}-a1`],
    ['with underscores', taskId.replaceAll('-', '_')],
  ] as const)('knows the id %s', ([, text]) => {
    expect(namedTask(`see ${text} - done`, taskId)).toBe('ours');
  });

  it.for([
    ['another digit of the hiring', taskId.replace('7d1f', '7d1e')],
    ['another digit of the nonce', taskId.replace('51c0', '51c1')],
    ['another number of the attempt', taskId.replace('-a1-', '-a2-')],
    ['a letter that is no digit', taskId.replace('51c0', '51co')],
    ['two digits in the other order', taskId.replace('93c4', '9c34')],
    ['a digit too few', taskId.replace('5b2e9c4417fa', '5b2e9c417fa')],
    ['a digit too many', taskId.replace('5b2e9c4417fa', '5b2e9c44417fa')],
    ['a hyphen too few', taskId.replace('-a1-', 'a1-')],
    ['three slips', taskId.replace('7d1f', '7d2e').replace('51c0', '51c1')],
    ['a group of digits too few', taskId.replace('-93c4-4e0b', '')],
    ['its last digit left out', taskId.slice(0, -1)],
    ['its nonce cut off', taskId.slice(0, -12)],
    ['its end left out', `${taskId.slice(0, 24)}…`],
    ['its end left out behind the first digits', `${taskId.slice(0, 18)}...`],
    ['its end left out, and a slip', taskId.slice(0, 30).replace('7d1f', '7d1e')],
  ] as const)('takes one with %s for a slip', ([, text]) => {
    expect(namedTask(`see ${text} - done`, taskId)).toBe('misspelt');
  });

  it.for([
    ['another hiring', idOf(OTHER_HIRING, 1, OTHER_NONCE)],
    ['another hiring whose id is as near as can be', idOf(HIRING.replace('7d1f', '7d1e'), 1, OTHER_NONCE)],
    ['another attempt', idOf(HIRING, 2, OTHER_NONCE)],
    ['another attempt without its nonce', `agrenting-${HIRING}-a2`],
    ['a folder of this attempt that was given up', idOf(HIRING, 1, OTHER_NONCE)],
    ['another hiring, its end left out', `agrenting-${OTHER_HIRING.slice(0, 18)}…`],
    ["the Manager's task", 'task-20260101-120000'],
  ] as const)('keeps the id of %s apart', ([, text]) => {
    expect(namedTask(`see ${text} - done`, taskId)).toBe('another');
  });

  it.for([
    ['no id', 'the report is written'],
    ['the name of this program', 'agrenting-hiclaw was installed'],
    ['a word with hexadecimal digits', 'agrenting-deadbeefs are no ids'],
    ['the id inside of a longer word', `x${taskId}y`],
  ] as const)('finds none in %s', ([, text]) => {
    expect(namedTask(text, taskId)).toBe('none');
  });
});

it('gives the id that words begin with, however it is spelt, and no other', () => {
  const slip = taskId.replace('7d1f', '7d1e');
  expect(leadingId(`${slip} - done`, taskId)).toBe(slip);
  expect(leadingId(`${taskId}: done`, taskId)).toBe(taskId);
  expect(leadingId(`${idOf(OTHER_HIRING, 1, OTHER_NONCE)} - done`, taskId)).toBeUndefined();
  expect(leadingId('done', taskId)).toBeUndefined();
});
