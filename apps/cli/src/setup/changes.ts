import { confirmed } from '../terminal/ask.ts';
import { mark, type Mark } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { SetupOptions } from './inputs.ts';

export type StepStatus = 'done' | 'changed' | 'would change' | 'failed' | 'skipped';

/** One step, and what became of it. */
export interface StepLine {
  readonly step: string;
  readonly status: StepStatus;
  readonly detail: string;
}

const MARKS: Readonly<Record<StepStatus, Mark>> = {
  done: 'ok',
  changed: 'ok',
  'would change': 'change',
  failed: 'failed',
  skipped: 'skipped',
};

/** Shows each change, makes it where that is wanted, and remembers what became of it. */
export class SetupChanges {
  readonly lines: StepLine[] = [];
  readonly #terminal: Terminal;
  readonly #options: SetupOptions;

  constructor(terminal: Terminal, options: SetupOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  /** Whether changes are only shown. */
  get dry(): boolean {
    return this.#options.dryRun === true;
  }

  say(step: string, status: StepStatus, detail: string): void {
    this.lines.push({ step, status, detail });
    if (this.#options.json === true) return;
    this.#terminal.print(`${mark(this.#terminal, MARKS[status])} ${step}: ${detail}\n`);
  }

  /** Something that takes a while, said beside the result. */
  progress(text: string): void {
    this.#terminal.writeError(`${text} …\n`);
  }

  /** Makes a change, unless it is only to be shown or not wanted; `make` gives what went wrong. Gives whether it was made. */
  async make(step: string, what: string, make: () => Promise<string | undefined>): Promise<boolean> {
    if (this.dry) {
      this.say(step, 'would change', what);
      return false;
    }
    if (!(await confirmed(this.#terminal, `${step}: ${what}. Do it?`, this.#options.yes === true))) {
      this.say(step, 'skipped', 'not wanted');
      return false;
    }
    const problem = await make();
    this.say(step, problem === undefined ? 'changed' : 'failed', problem ?? what);
    return problem === undefined;
  }
}
