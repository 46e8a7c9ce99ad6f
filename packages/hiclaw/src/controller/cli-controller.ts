import { inQuotes, type ControllerCliOptions } from '@agrenting-hiclaw/core/domain';
import { runCommand } from '../run-command.ts';
import type { Controller, ControllerAnswer } from './resources.ts';

/** Through `agt` (in HiClaw 1.1: `hiclaw`), which knows address and token on its own (HiClaw reference, 6.3). */
export function cliController(options: ControllerCliOptions, signal: AbortSignal): Controller {
  const { timeoutMs = 60_000, environment } = options;
  const [program, ...first] = options.command;

  /** `named` is the resource that the call is about: the controller's own "not found" names it, a shell's or Docker's does not. */
  async function call(words: readonly string[], named?: string, input?: string): Promise<ControllerAnswer> {
    const run = await runCommand({
      program,
      arguments: [...first, ...words],
      environment,
      timeoutMs,
      signal,
      input,
    });
    if (run.kind === 'failed') return run;
    if (run.exitCode === 0) return { kind: 'answer', body: parse(run.output) };
    const said = lastLine(run);
    const problem = `${program} ended with ${run.exitCode} (${inQuotes(said)})`;
    const isAbsent = named !== undefined && /not found/i.test(said) && said.includes(named);
    return { kind: isAbsent ? 'absent' : 'failed', problem };
  }

  return {
    showsPolicies: false,
    get: async (kind, name) =>
      await call(
        ['get', `${kind.toLowerCase()}s`, ...(name === undefined ? [] : [name]), '-o', 'json'],
        name,
      ),
    act: async (worker, action) => await call(['worker', action, '--name', worker], worker),
    // JSON is YAML, and one line of it holds no line that would end the document.
    apply: async (kind, name, spec) =>
      await call(
        ['apply', '-f', '/dev/stdin'],
        undefined,
        `${JSON.stringify({ apiVersion: 'agentteams.io/v1beta1', kind, metadata: { name }, spec })}\n`,
      ),
  };
}

/** What it says to people is no JSON, and is not looked at. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine({ output, complaint }: { readonly output: string; readonly complaint: string }): string {
  const said = (complaint.trim() || output.trim()).split('\n').at(-1) ?? '';
  return said.replace(/\s+/g, ' ').slice(0, 200) || 'no output';
}
