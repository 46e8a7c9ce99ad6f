import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outsideQuotes } from '../../core/src/domain/testing/canary.ts';
import { createWorld, done, hasGit, notRun, OWN_BRANCH, TASK, type Work, type World } from './world.ts';

const OTHER_TASK = TASK.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
/** Lines that a host, a tool or the adapter itself takes as more than words. */
const TRAILERS = [
  `Agrenting-Task: ${OTHER_TASK}`,
  'Signed-off-by: canary <canary@host.example>',
  'Co-authored-by: canary <canary@host.example>',
];
/** A summary that tries to get out of its quotation and to pass for words and trailers of ours. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'many lines': `canary" and so\n\n${TRAILERS.join('\n')}`,
  'a trailer alone': TRAILERS.join('\n'),
  'other line ends': `canary\u2028\u2028${TRAILERS.join('\u2028')}\r\rcanary`,
  'marks of all kinds': 'canary” «canary» „canary" \u202e\u200bcanary\u0000\u001b[8m',
  'a long one': `canary ${'x'.repeat(5_000)}" canary`,
};

describe.skipIf(!hasGit)(`what the adapter says in a commit${notRun}`, () => {
  let world: World;
  let work: Work;
  beforeEach(async () => {
    world = await createWorld();
    work = await world.startWork();
    await work.write('src/main.txt', 'one\nTWO\nthree\nfour\nfive\n');
  });
  afterEach(async () => await world.close());

  const logOf = async (format: string): Promise<string> =>
    await work.git(
      '--git-dir',
      world.server.directoryOf('sam/site'),
      'log',
      `--format=${format}`,
      `main..${OWN_BRANCH}`,
    );

  test.each(Object.keys(SUMMARIES))('quotes the summary of a worker on one line: %s', async (which) => {
    const summary = SUMMARIES[which] ?? '';
    const order = work.order('patch', await work.diff(), { summary });
    const { branch } = done(await world.repositories().push(order));

    expect(branch).toBe(OWN_BRANCH);
    expect(outsideQuotes(await logOf('%B'))).toBe(`Change by the worker: ""\n\nAgrenting-Task: ${TASK}`);
    expect((await logOf('%(trailers:only)')).trim()).toBe(`Agrenting-Task: ${TASK}`);
  });

  test('says nothing for a worker that says nothing', async () => {
    done(await world.repositories().push(work.order('patch', await work.diff(), { summary: ' \u200b\n' })));
    expect(await logOf('%B')).toBe(`Change by the worker\n\nAgrenting-Task: ${TASK}`);
  });

  test.each([
    ['its trailers', `Say it louder\n\n${TRAILERS.join('\n')}`],
    ['its text', `Say it louder\n\nBecause:\n  agrenting-task : ${OTHER_TASK}\nnobody heard it.`],
    ['its subject', `Agrenting-Task: ${OTHER_TASK}\n\nBecause nobody heard it.`],
  ])('names the task itself, whatever a mail says in %s', async (_, message) => {
    await work.commit(message);
    done(await world.repositories().push(work.order('patch', await work.formatPatch())));
    const said = await logOf('%B');
    expect(said.match(/Agrenting-Task.*/gi)).toEqual([`Agrenting-Task: ${TASK}`]);
    expect(said).not.toContain(OTHER_TASK);
  });
});
