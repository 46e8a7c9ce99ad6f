import { describeProblems } from './configuration/setting-texts.ts';
import { loadConfiguration, type Needs } from './configuration/load.ts';
import type { Configuration } from './configuration/schema.ts';
import { reopenLogFiles } from './log-file.ts';
import { useProxies } from './proxies.ts';
import { SettingError } from './setting-error.ts';

/** A started app: what `app.ts` of every app gives. */
export interface RunningApp {
  /** Closes the parts in the reverse of the order in which they were built. */
  close(): Promise<void>;
  /** Resolves after `close`; rejects when a part failed for good. */
  readonly closed: Promise<void>;
}

/** The process that a program runs in, handed in by `main.ts`, which alone touches the real one. */
export interface Host {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of Node, such as `24.21.0`. */
  readonly nodeVersion: string;
  /** Calls back for each request to stop. */
  onStop(listener: () => void): void;
  /** Calls back for each SIGHUP, which ends the process unless this was called. */
  onHangUp(listener: () => void): void;
  print(text: string): void;
  exit(code: number): void;
}

export interface MainOptions {
  readonly name: string;
  readonly host: Host;
  readonly needs?: Needs | undefined;
  start(configuration: Configuration, environment: Host['environment']): Promise<RunningApp>;
}

/** A start that was told to stop is waited for as long, so that what it opened is closed; less than container engines wait. */
const START_GRACE_MS = 5_000;
const EXIT_FAILED = 1;
const EXIT_CONFIGURATION = 2;
const MIN_NODE_MAJOR = 24;

/**
 * Runs an app until it is stopped: exit code 2 with all problems of the configuration at once, 1 when
 * it failed, 0 after a request to stop, which may come while it starts. A second request stops at once.
 */
export async function runMain(options: MainOptions): Promise<void> {
  const { host } = options;
  const configuration = await configurationOf(options);
  if (configuration === undefined) return;
  let app: RunningApp | undefined;
  let stopping = false;
  let grace: NodeJS.Timeout | undefined;
  const close = (running: RunningApp): void => {
    void running.close().then(
      () => host.exit(0),
      (error: unknown) => fail(options, error),
    );
  };
  // Some of its parts are heard of outside before all of them have started.
  host.onStop(() => {
    if (stopping) host.exit(EXIT_FAILED);
    else if (app === undefined) grace = setTimeout(() => host.exit(0), START_GRACE_MS);
    else close(app);
    stopping = true;
  });
  try {
    app = await options.start(configuration, host.environment);
    clearTimeout(grace);
    if (stopping) close(app);
    await app.closed;
  } catch (error) {
    clearTimeout(grace);
    fail(options, error);
  }
}

export interface CommandOptions extends Pick<MainOptions, 'name' | 'host' | 'needs'> {
  /** Resolves to whether it succeeded; `stop` aborts when the process is stopped. */
  run(configuration: Configuration, environment: Host['environment'], stop: AbortSignal): Promise<boolean>;
}

/** Runs a task that ends on its own: exit code 0 on success, otherwise as `runMain`. */
export async function runCommand(options: CommandOptions): Promise<void> {
  const { host } = options;
  const configuration = await configurationOf(options);
  if (configuration === undefined) return;
  const stop = new AbortController();
  host.onStop(() => {
    if (stop.signal.aborted) return host.exit(EXIT_FAILED);
    return stop.abort();
  });
  try {
    host.exit((await options.run(configuration, host.environment, stop.signal)) ? 0 : EXIT_FAILED);
  } catch (error) {
    fail(options, error);
  }
}

async function configurationOf({
  name,
  host,
  needs,
}: Pick<MainOptions, 'name' | 'host' | 'needs'>): Promise<Configuration | undefined> {
  if (Number.parseInt(host.nodeVersion, 10) < MIN_NODE_MAJOR) {
    host.print(
      `${name} needs Node ${MIN_NODE_MAJOR} or newer, and this is ${host.nodeVersion}. Start it with a newer one.\n`,
    );
    host.exit(EXIT_CONFIGURATION);
    return undefined;
  }
  const problem = useProxies(host.environment);
  if (problem !== undefined) {
    host.print(describeProblems(name, [problem]));
    host.exit(EXIT_CONFIGURATION);
    return undefined;
  }
  const loaded = await loadConfiguration(host.environment, needs);
  if (loaded.kind === 'loaded') {
    if (loaded.configuration.log.file !== undefined) host.onHangUp(reopenLogFiles);
    return loaded.configuration;
  }
  host.print(describeProblems(name, loaded.problems));
  host.exit(EXIT_CONFIGURATION);
  return undefined;
}

function fail({ name, host }: Pick<MainOptions, 'name' | 'host'>, error: unknown): void {
  if (error instanceof SettingError) {
    host.print(describeProblems(name, [error.problem]));
    return host.exit(EXIT_CONFIGURATION);
  }
  host.print(`${name} failed: ${describeError(error)}\n`);
  return host.exit(EXIT_FAILED);
}

/** The message, where it says what to do; else also where it came from. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'remedy' in error ? `${error.message}.` : (error.stack ?? error.message);
}
