/** One hire of the demo, and how it has to end. */
export interface DemoHire {
  readonly worker: string;
  /** False: the worker is stopped, and the adapter has to start it. */
  readonly running: boolean;
  /** True: the worker is told to fail. */
  readonly fails: boolean;
  readonly task: string;
  readonly story: string;
  readonly end: 'completed' | 'failed';
}

export const HIRES: readonly DemoHire[] = [
  {
    worker: 'alice',
    running: true,
    fails: false,
    task: 'Write a short note that explains to a newcomer what an escrow is.',
    story: 'the worker does it',
    end: 'completed',
  },
  {
    worker: 'bob',
    running: true,
    fails: true,
    task: 'Summarise the three most recent articles of a site behind a login.',
    story: 'the worker fails it, and the hirer is refunded',
    end: 'failed',
  },
  {
    worker: 'carol',
    running: false,
    fails: false,
    task: 'Name five questions to ask before hiring an agent.',
    story: 'the worker is stopped, and has to be started first',
    end: 'completed',
  },
];

export const PRICE = '10.00';
