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
const body = JSON.stringify({ command, argv, home: process.env.HOME ?? '', input });
const fail = (message) => {
  process.stderr.write('sandbox: ' + message + '\\n');
  process.exitCode = 1;
};
// Not fetch, which takes as long to load as Node to start.
const request = require('node:http').request(
  ${JSON.stringify(controlUrl)} + '/sandbox/manager/run',
  { method: 'POST', headers: { 'content-type': 'application/json' } },
  (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    response.on('end', () => {
      if (response.statusCode !== 200) return fail('the sandbox answered ' + response.statusCode + ': ' + text);
      const result = JSON.parse(text);
      process.stdout.write(result.stdout);
      process.stderr.write(result.stderr);
      process.exitCode = result.exitCode;
    });
  },
);
request.on('error', (error) => fail(error.message));
request.end(body);
`;
