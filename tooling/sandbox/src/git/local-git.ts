import { spawn } from 'node:child_process';

export interface LocalGitOptions {
  readonly directory: string;
  readonly input?: string | Buffer | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Runs the machine's git without its user's settings, as somebody who is not there. Rejects when it fails. */
export function runLocalGit(command: readonly string[], options: LocalGitOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', command, {
      cwd: options.directory,
      env: {
        PATH: process.env['PATH'] ?? '',
        LC_ALL: 'C',
        HOME: options.directory,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'Sam Person',
        GIT_AUTHOR_EMAIL: 'sam@person.example',
        GIT_COMMITTER_NAME: 'Sam Person',
        GIT_COMMITTER_EMAIL: 'sam@person.example',
        ...options.environment,
      },
    });
    const output: Buffer[] = [];
    let complaint = '';
    child.stdin.on('error', () => {}).end(options.input ?? '');
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-10_000);
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve(Buffer.concat(output));
      else reject(new Error(`git ${command.join(' ')} ended with ${exitCode}: ${complaint}`));
    });
  });
}
