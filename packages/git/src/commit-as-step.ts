import type { Step } from './commit-step.ts';
import { personText } from './signature.ts';
import type { Workspace } from './workspace.ts';

/** As much as the patch of one commit may take. */
const MAX_PATCH_BYTES = 128 * 1024 * 1024;

/** Commits as patches with their messages, to be made again somewhere else. */
export async function stepsOfCommits(
  workspace: Workspace,
  commits: readonly string[],
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const commit of commits) {
    const patch = await workspace.read(
      [
        'diff-tree',
        '-p',
        '--binary',
        '--full-index',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        `${commit}^`,
        commit,
      ],
      { maxOutputBytes: MAX_PATCH_BYTES },
    );
    const shown = await workspace.must([
      'show',
      '--no-patch',
      '--encoding=UTF-8',
      '--date=raw',
      '--format=%an%x00%ae%x00%ad%x00%B',
      commit,
    ]);
    const [nameText = '', emailText = '', date = '', message = ''] = shown.split('\0');
    const name = personText(nameText);
    const email = personText(emailText);
    steps.push({
      patch,
      message,
      author: name === undefined || email === undefined ? undefined : { name, email },
      authored: /^\d+ [+-]\d{4}$/.test(date) ? `@${date}` : undefined,
    });
  }
  return steps;
}
