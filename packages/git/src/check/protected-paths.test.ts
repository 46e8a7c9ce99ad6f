import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProtection, protectionProblem, PROTECTED_PATHS } from './protected-paths.ts';

const protectedPathAt = createProtection();

/** Names that are listed here as well, so that none drops out of the list unnoticed. */
const NEVER = [
  '.github/workflows/test.yml',
  '.github/workflows',
  '.github',
  '.github/actions/setup/action.yml',
  '.github/settings.yml',
  '.gitea/workflows/a.yml',
  '.forgejo/workflows/a.yml',
  '.gitlab-ci.yml',
  '.gitlab/ci/build.yml',
  '.circleci/config.yml',
  '.travis.yml',
  'azure-pipelines.yml',
  'azure-pipelines-release.yaml',
  '.azure-pipelines/a.yml',
  'bitbucket-pipelines.yml',
  'Jenkinsfile',
  'services/api/Jenkinsfile',
  'Jenkinsfile.release',
  '.drone.yml',
  '.drone.star',
  '.woodpecker.yml',
  '.woodpecker/a.yml',
  '.buildkite/pipeline.yml',
  '.buildkite/hooks/pre-command',
  'appveyor.yml',
  '.appveyor.yml',
  '.teamcity/settings.kts',
  '.semaphore/semaphore.yml',
  '.cirrus.yml',
  '.codefresh/codefresh.yml',
  'wercker.yml',
  'bamboo-specs/bamboo.yml',
  '.builds/a.yml',
  '.tekton/a.yaml',
  '.ci/build.sh',
  '.scrutinizer.yml',
  'cloudbuild.yaml',
  'buildspec.yml',
  '.vela.yml',
  '.prow.yaml',
  '.prow/jobs.yaml',
  'Dangerfile',
  'dangerfile.ts',
  '.openshift/action_hooks/deploy',
];
const ASK = [
  '.husky/pre-commit',
  'web/.husky/pre-commit',
  '.devcontainer/devcontainer.json',
  '.devcontainer.json',
  '.mcp.json',
  '.github/dependabot.yml',
  '.pre-commit-config.yaml',
  'lefthook.yml',
  '.lintstagedrc',
  '.lintstagedrc.mjs',
  '.vscode/tasks.json',
  '.vscode/settings.json',
  '.vscode/launch.json',
  'a.code-workspace',
  '.idea/workspace.xml',
  '.claude/settings.json',
  '.cursor/rules/a.mdc',
  '.cursorrules',
  'AGENTS.md',
  'web/AGENTS.md',
  'CLAUDE.md',
  'GEMINI.md',
  '.gitattributes',
  'web/.gitattributes',
  '.envrc',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.yarn/releases/yarn.cjs',
  '.pnpmfile.cjs',
  'mise.toml',
  '.mise.toml',
  '.tool-versions',
  'netlify.toml',
  'vercel.json',
  'fly.toml',
  'render.yaml',
  'Procfile',
  'renovate.json',
  'codecov.yml',
  '.sonarcloud.properties',
  'wrangler.toml',
  'firebase.json',
  '.gitpod.yml',
  '.replit',
  '.hooks/pre-push',
  '.githooks/pre-push',
  '.github/copilot-instructions.md',
  '.cargo/config.toml',
  '.mvn/extensions.xml',
  'gradle/wrapper/gradle-wrapper.jar',
  '.exrc',
  '.dir-locals.el',
  'action.yml',
  'tasks.vs.json',
  '.vs/tasks.vs.json',
  '.trae/rules/project_rules.md',
  '.pylintrc',
  '.rubocop.yml',
  '.eslintrc.js',
  'web/eslint.config.mjs',
  'Directory.Build.props',
  'src/Directory.Build.targets',
  '.irbrc',
  '.pryrc',
  '.pnp.cjs',
  '.lfsconfig',
  'lib/sitecustomize.py',
  '.gdbinit',
  '.lldbinit',
];
const FREE = [
  'README.md',
  'src/main.ts',
  'docs/jenkins.md',
  '.github/ISSUE_TEMPLATE/bug.md',
  '.github/workflow/a.yml',
  'src/github/workflows/a.ts',
  // Left out on purpose: see the page.
  'package.json',
  'setup.py',
  'gradlew',
  'Makefile',
  'src/agents.ts',
  'vscode/tasks.json',
  'a/.travis.yml',
  '.gitignore',
  'circleci/config.yml',
  'src/husky/index.ts',
  'a~1.txt',
  'buildspecs/a.md',
];

describe('what other programs run by themselves', () => {
  test.each(NEVER)('is not taken from a worker: %s', (path) => {
    expect(protectedPathAt(path)?.verdict).toBe('never');
  });

  test.each(ASK)('is taken after a yes: %s', (path) => {
    expect(protectedPathAt(path)?.verdict).toBe('ask');
  });

  test.each(FREE)('is not %s', (path) => {
    expect(protectedPathAt(path)).toBeUndefined();
  });

  const named = PROTECTED_PATHS.map((entry) => [entry.path.replaceAll('*', 'x'), entry] as const);

  test.each(named)('is known in every spelling: %s', (path, { isAnywhere, runBy }) => {
    const spellings = [
      path,
      `${path}/below/it`,
      path.toUpperCase(),
      path.toLowerCase(),
      path.split('').join('\u200c'),
      `\ufeff${path}`,
      path.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfe_e0)),
      path
        .split('/')
        .map((step) => `${step}. .`)
        .join('/'),
      `${path}::$DATA`,
      ...(isAnywhere ? [`web/${path}`, `web/app/${path}/below`] : []),
    ];
    expect(spellings.filter((spelling) => protectedPathAt(spelling) === undefined)).toEqual([]);
    expect(runBy).not.toBe('');
    expect(protectedPathAt(`web/${path}`) === undefined).toBe(!isAnywhere);
  });

  test.each([
    ['GITHUB~1/WORKFL~1/a.yml', 'never'],
    ['GITHUB~1/workflows/a.yml', 'never'],
    ['GITLAB~1.YML', 'never'],
    ['BUILDK~2/pipeline.yml', 'never'],
    ['JENKIN~1', 'never'],
    ['CLAUDE~1/settings.json', 'ask'],
    ['DEVCON~1/devcontainer.json', 'ask'],
  ])('is known by the short name that Windows gives it: %s', (path, verdict) => {
    expect(protectedPathAt(path)?.verdict).toBe(verdict);
  });

  test('is listed once', () => {
    const paths = PROTECTED_PATHS.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)]);
  });

  test('is what the operator says beside the list, and not what it allows', () => {
    const protection = createProtection({ allowed: ['.husky', '.travis.yml'], held: ['deploy/*.sh'] });
    expect(protection('.husky/pre-commit')).toBeUndefined();
    expect(protection('.travis.yml')).toBeUndefined();
    expect(protection('.circleci/config.yml')?.verdict).toBe('never');
    expect(protection('web/deploy/all.sh')).toMatchObject({ verdict: 'ask', path: 'deploy/*.sh' });
    expect(protectionProblem({ allowed: ['.husky'] })).toBeUndefined();
    expect(protectionProblem({ allowed: ['.huskies'] })).toContain('is no entry of the list');
  });

  test('is all on its page, with what runs it', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/protected-paths.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
    const written = rows.flatMap((row) => {
      const [, runBy = '', paths = '', where = '', verdict = ''] = row.split('|').map((cell) => cell.trim());
      return [...paths.matchAll(/`([^`]+)`/g)].map(([, path]) => ({
        path,
        runBy,
        isAnywhere: where === 'anywhere',
        verdict,
      }));
    });
    expect(written).toEqual(
      PROTECTED_PATHS.map(({ path, runBy, isAnywhere, verdict }) => ({ path, runBy, isAnywhere, verdict })),
    );
  });
});
