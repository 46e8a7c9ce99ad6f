import type { SettingProblem } from './configuration/setting-problem.ts';
import { settingText } from './configuration/setting-texts.ts';

/** A setting that only turned out to be wrong when it was used: start-up ends as with any other wrong setting. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly problem: SettingProblem;

  constructor(problem: SettingProblem, options?: ErrorOptions) {
    const { what, remedy } = settingText(problem);
    super(`${problem.where} ${what}. ${remedy}`, options);
    this.problem = problem;
  }
}
