import { isoSeconds } from '../clock.ts';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Collects what a command prints, in order. */
export class CommandOutput {
  #stdout = '';
  #stderr = '';

  print(line: string): void {
    this.#stdout += `${line}\n`;
  }

  writeError(line: string): void {
    this.#stderr += `${line}\n`;
  }

  /** The lifecycle script's log goes to stdout, too (HiClaw reference, 6.1). */
  log(line: string, nowMs: number): void {
    this.print(`[lifecycle ${isoSeconds(nowMs).replace('T', ' ').replace('Z', '')}] ${line}`);
  }

  exit(exitCode: number): CommandResult {
    return { stdout: this.#stdout, stderr: this.#stderr, exitCode };
  }
}

/** `--name value` pairs, or the first argument that is not one of the names. */
export const readOptions = (
  argv: readonly string[],
  names: readonly string[],
): { readonly options: ReadonlyMap<string, string> } | { readonly unknown: string } => {
  const options = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 2) {
    const name = argv[index] ?? '';
    if (!names.includes(name)) return { unknown: name };
    options.set(name, argv[index + 1] ?? '');
  }
  return { options };
};
