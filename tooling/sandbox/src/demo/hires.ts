/** The instructions for the worker of a hire; by default it does the work. */
export type Manner = 'works' | 'fails' | 'asks' | 'promises' | 'changes code';

/** One hire of the demo, and how it has to end. */
export interface DemoHire {
  readonly worker: string;
  /** False: the worker is stopped, and the adapter has to start it. */
  readonly running: boolean;
  readonly manner: Manner;
  readonly task: string;
  readonly story: string;
  /** `held`: it waits for its owner, and nothing is paid. */
  readonly end: 'completed' | 'failed' | 'held';
}

const HIRES: readonly DemoHire[] = [
  {
    worker: 'alice',
    running: true,
    manner: 'works',
    task: 'Write a short note that explains to a newcomer what an escrow is.',
    story: 'the worker does it',
    end: 'completed',
  },
  {
    worker: 'bob',
    running: true,
    manner: 'fails',
    task: 'Summarise the three most recent articles of a site behind a login.',
    story: 'the worker fails it, and the hirer is refunded',
    end: 'failed',
  },
  {
    worker: 'carol',
    running: false,
    manner: 'works',
    task: 'Name five questions to ask before hiring an agent.',
    story: 'the worker is stopped, and has to be started first',
    end: 'completed',
  },
  {
    worker: 'erin',
    running: true,
    manner: 'asks',
    task: 'Translate the welcome page of our shop.',
    story: 'the worker asks the hirer, and goes on with the answer',
    end: 'completed',
  },
  {
    worker: 'frank',
    running: true,
    manner: 'promises',
    task: 'Compare three ways to store passwords.',
    story: 'the worker only promises, so that its result is held and not paid for',
    end: 'held',
  },
];

const PUSH_HIRE: DemoHire = {
  worker: 'dave',
  running: true,
  manner: 'changes code',
  task: 'Say in the README how the site is built.',
  story: "the worker's change is pushed to the hirer's repository, whose token it never sees",
  end: 'completed',
};

/** The hires of a demo; the one that is pushed needs git on this machine. */
export function demoHires(hasGit: boolean): readonly DemoHire[] {
  return hasGit ? [...HIRES, PUSH_HIRE] : HIRES;
}

export const PRICE = '10.00';

/** What the worker that asks is to ask, and what the hirer answers. */
export const QUESTION = 'Which language should the page be translated into?';
export const ANSWER = 'Into Portuguese, please.';
