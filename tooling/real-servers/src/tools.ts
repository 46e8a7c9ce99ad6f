import { spawn } from 'node:child_process';
import { access, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of the worker that HiClaw ships it with, by its own version. */
export const WORKER_VERSIONS = ['1.0.4', '0.1.12'] as const;
export type WorkerVersion = (typeof WORKER_VERSIONS)[number];

/** Where the installed programs lie. */
export interface Tools {
  readonly folder: string;
  /** Holds `minio` and `mc`. */
  readonly bin: string;
  readonly synapsePython: string;
  workerPython(version: WorkerVersion): string;
}

interface Program {
  readonly name: string;
  readonly file: string;
  readonly install: () => Promise<void>;
}

const PYTHON = fileURLToPath(new URL('../python/', import.meta.url));
const SYNAPSE = 'matrix-synapse==1.163.2';
// MinIO's releases carry no version that Go knows; these are commits.
const MINIO = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';
const MC = 'github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9';

export function toolsIn(folder: string): Tools {
  return {
    folder,
    bin: join(folder, 'bin'),
    synapsePython: join(folder, 'synapse', 'bin', 'python'),
    workerPython: (version) => join(folder, `copaw-worker-${version}`, 'bin', 'python'),
  };
}

/** What this machine lacks to install the real servers; nothing when it can. */
export async function missingPrograms(): Promise<string[]> {
  const needed: readonly (readonly [string, readonly string[], string])[] = [
    [
      'python3',
      ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'],
      'Python 3.11 with venv',
    ],
    ['go', ['version'], 'Go'],
  ];
  const missing: string[] = [];
  for (const [program, programArguments, name] of needed) {
    const { succeeded } = await run(program, programArguments);
    if (!succeeded) missing.push(name);
  }
  return missing;
}

/** Installs what is not there yet; about five minutes at first. Throws with what the installer said when it fails. */
export async function installTools(
  tools: Tools,
  workers: readonly WorkerVersion[],
  say: (line: string) => void,
): Promise<void> {
  await mkdir(tools.bin, { recursive: true });
  const goProgram = (name: string, module: string): Program => ({
    name,
    file: join(tools.bin, name),
    install: async () => await must('go', ['install', module], { GOBIN: tools.bin }),
  });
  const venv = (name: string, python: string, requirement: string, constraints: string): Program => ({
    name,
    // The last file that is written.
    file: join(dirname(dirname(python)), 'installed'),
    async install() {
      const folder = dirname(dirname(python));
      await rm(folder, { recursive: true, force: true });
      await must('python3', ['-m', 'venv', folder]);
      const file = join(PYTHON, constraints);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-c', file, requirement];
      await must(python, pip);
      await must(python, ['-c', `open(${JSON.stringify(join(folder, 'installed'))}, 'w').close()`]);
    },
  });
  const programs = [
    venv('Synapse', tools.synapsePython, SYNAPSE, 'synapse.constraints.txt'),
    goProgram('minio', MINIO),
    goProgram('mc', MC),
    ...workers.map((version) =>
      venv(
        `CoPaw worker ${version}`,
        tools.workerPython(version),
        `copaw-worker==${version}`,
        `copaw-worker-${version}.constraints.txt`,
      ),
    ),
  ];
  for (const { name, file, install } of programs) {
    if (await exists(file)) continue;
    const startedAtMs = performance.now();
    say(`installing ${name}`);
    await install();
    say(`installed ${name} in ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function must(
  program: string,
  programArguments: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<void> {
  const { succeeded, output } = await run(program, programArguments, more);
  if (!succeeded)
    throw new Error(`${program} ${programArguments.join(' ')} failed:\n${output.slice(-4_000)}`);
}

/** Runs a program to its end; one that cannot be started has not succeeded. */
export async function run(
  program: string,
  programArguments: readonly string[],
  more: NodeJS.ProcessEnv = {},
  input = '',
): Promise<{ readonly succeeded: boolean; readonly output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ succeeded: boolean; output: string }>();
  const child = spawn(program, programArguments, { env: { ...process.env, ...more } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.on('error', (error) => resolve({ succeeded: false, output: error.message }));
  child.on('close', (code) => resolve({ succeeded: code === 0, output }));
  child.stdin.on('error', () => undefined).end(input);
  return await promise;
}
