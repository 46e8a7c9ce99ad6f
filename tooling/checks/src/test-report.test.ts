import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { parseTestReport, type TestReport } from './test-report.ts';
import { rootFolder } from './workspace.ts';

// The report is read as the vitest of this workspace writes it.
describe('the report of a test run', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    await symlink(join(rootFolder, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'vitest.config.js'), 'export default {};\n');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function reportOf(files: Readonly<Record<string, string>>): Promise<TestReport> {
    for (const [name, body] of Object.entries(files)) {
      await writeFile(join(folder, name), `import { describe, expect, test } from 'vitest';\n${body}\n`);
    }
    const output = join(folder, 'report.json');
    await runProgram(['vitest', 'run', '--root', folder, '--reporter=json', `--outputFile=${output}`], {
      output: 'captured',
      signal: AbortSignal.timeout(60_000),
    });
    return parseTestReport(await readFile(output, 'utf8'), folder);
  }

  test('gives each test with its full title and what became of it', async () => {
    const report = await reportOf({
      'a.test.js': `
        describe('group', () => {
          describe('inner', () => {
            test('good', () => expect(1).toBe(1));
            test('bad', () => expect(1).toBe(2));
          });
          test.skip('left out', () => {});
          test.todo('to do');
        });
        test.each([1, 2])('number %i', () => {});`,
    });
    expect(report).toEqual({
      tests: [
        { file: 'a.test.js', title: 'group > inner > good', status: 'passed' },
        { file: 'a.test.js', title: 'group > inner > bad', status: 'failed' },
        { file: 'a.test.js', title: 'group > left out', status: 'skipped' },
        { file: 'a.test.js', title: 'group > to do', status: 'skipped' },
        { file: 'a.test.js', title: 'number 1', status: 'passed' },
        { file: 'a.test.js', title: 'number 2', status: 'passed' },
      ],
      failedFiles: [],
    });
  });

  test('gives a file that failed before its tests', async () => {
    const report = await reportOf({ 'a.test.js': `import './missing.js';\ntest('never runs', () => {});` });
    expect(report).toEqual({ tests: [], failedFiles: ['a.test.js'] });
  });

  test('is refused when it is something else', () => {
    expect(() => parseTestReport('{"numTotalTests":1}', folder)).toThrow('testResults');
  });
});
