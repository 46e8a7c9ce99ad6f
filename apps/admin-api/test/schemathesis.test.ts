import { spawn } from 'node:child_process';
import { OPERATOR, test } from './boxed.ts';

/** The program; what `npm run test:long -- api` gives. */
const PROGRAM = process.env['TEST_SCHEMATHESIS'] ?? '';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
];

async function run(url: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const words = [
    'run',
    `${url}/api/v1/openapi.json`,
    '--header',
    `Authorization: Bearer ${OPERATOR}`,
    '--checks',
    CHECKS.join(','),
    // An answer that has no end.
    '--exclude-path',
    '/events',
    '--max-examples',
    process.env['TEST_SCHEMATHESIS_EXAMPLES'] ?? '40',
    '--request-timeout',
    '60',
    '--no-color',
    '--continue-on-failure',
  ];
  const program = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  program.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  program.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    program.once('error', reject);
    program.once('close', resolve);
  });
  return { code, output };
}

test.skipIf(PROGRAM === '')(
  'whatever the document allows or not, nothing breaks and nothing unknown is answered',
  { timeout: 1_800_000 },
  async ({ openBox, expect }) => {
    const box = await openBox();
    const app = await box.startApp();
    const { code, output } = await run(app.adminUrl);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  },
);
