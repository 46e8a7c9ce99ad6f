import { isEnd, STATES, type OpenState } from '@agrenting-hiclaw/core/domain';
import { MAY_HAVE_BEEN_APPLIED, OUTAGE_ANSWERS, type OutageAnswerName } from './answers.ts';
import { DEPENDENCIES, type Dependency } from './outside.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** In `attention` its owner wants to see the result first, and says yes during the outage. */
const OPEN_STATES: readonly OpenState[] = STATES.filter((state) => !isEnd(state));

export const DURATIONS = {
  '15 s': 15 * SECOND_MS,
  '5 min': 5 * MINUTE_MS,
  '2 h': 120 * MINUTE_MS,
} as const;
export type DurationName = keyof typeof DURATIONS;

/** One outage of one dependency, which begins as the hiring comes into a state. */
export interface Cell {
  readonly dependency: Dependency;
  readonly state: OpenState;
  readonly answer: OutageAnswerName;
  /** What is asked for is done all the same, and only the answer is lost. */
  readonly applied: boolean;
  readonly duration: DurationName;
}

/** Every cell of the table. */
export function everyCell(): readonly Cell[] {
  const answers = Object.keys(OUTAGE_ANSWERS).filter(isAnswerName);
  return DEPENDENCIES.flatMap((dependency) =>
    OPEN_STATES.flatMap((state) =>
      answers.flatMap((answer) =>
        [false, ...(MAY_HAVE_BEEN_APPLIED.includes(answer) ? [true] : [])].flatMap((applied) =>
          (['15 s', '5 min', '2 h'] as const).map((duration) => ({
            dependency,
            state,
            answer,
            applied,
            duration,
          })),
        ),
      ),
    ),
  );
}

export function nameOf({ dependency, state, answer, applied, duration }: Cell): string {
  return `${dependency} in ${state}: ${duration} of ${answer}${applied ? ', carried out all the same' : ''}`;
}

function isAnswerName(name: string): name is OutageAnswerName {
  return name in OUTAGE_ANSWERS;
}
