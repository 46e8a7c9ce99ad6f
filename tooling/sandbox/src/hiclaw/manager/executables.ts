import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ExecutablePaths {
  readonly lifecycle: string;
  readonly state: string;
  readonly copaw: string;
  readonly mc: string;
  readonly agt: string;
  /** What `agt` was called in 1.1. */
  readonly hiclaw: string;
}

/** Where the executables lie below the Manager's home, as below `/` in a real Manager container. */
const executablePaths = (home: string): ExecutablePaths => ({
  lifecycle: join(home, 'opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh'),
  state: join(home, 'opt/hiclaw/agent/skills/task-management/scripts/manage-state.sh'),
  copaw: join(home, 'bin/copaw'),
  mc: join(home, 'bin/mc'),
  agt: join(home, 'bin/agt'),
  hiclaw: join(home, 'bin/hiclaw'),
});

/** Writes the executables; each asks the sandbox over loopback and prints and exits as told. */
export const writeExecutables = (home: string, controlUrl: string): ExecutablePaths => {
  const program = join(home, 'opt/sandbox/command.cjs');
  write(program, commandProgram(controlUrl));
  const paths = executablePaths(home);
  for (const [path, command] of [
    [paths.lifecycle, 'lifecycle-worker'],
    [paths.state, 'manage-state'],
    [paths.copaw, 'copaw'],
    [paths.mc, 'mc'],
    [paths.agt, 'agt'],
    [paths.hiclaw, 'agt'],
  ] as const) {
    write(path, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(program)} ${command} "$@"\n`);
    chmodSync(path, 0o755);
  }
  return paths;
};

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const commandProgram = (controlUrl: string): string => `'use strict';
// Written by the HiClaw sandbox at its start; speaks for the command that is named first.
const [command, ...argv] = process.argv.slice(2);
// Only these read what they are given; the others would wait for it.
const reads = command === 'mc' ? !['cat', 'ls'].includes(argv[0]) : argv.includes('/dev/stdin');
const input = reads ? require('node:fs').readFileSync(0, 'utf8') : '';
fetch(${JSON.stringify(controlUrl)} + '/sandbox/manager/run', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ command, argv, home: process.env.HOME ?? '', input }),
})
  .then(async (response) => {
    if (!response.ok) throw new Error('the sandbox answered ' + response.status + ': ' + (await response.text()));
    const result = await response.json();
    process.stdout.write(result.stdout);
    process.stderr.write(result.stderr);
    process.exitCode = result.exitCode;
  })
  .catch((error) => {
    process.stderr.write('sandbox: ' + error.message + '\\n');
    process.exitCode = 1;
  });
`;
