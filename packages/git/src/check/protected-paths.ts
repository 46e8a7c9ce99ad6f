/**
 * What other programs run, or obey, automatically once it is in a repository. A worker's change that touches one of
 * these is not pushed (`never`), or only after the operator's yes (`ask`). This list is the only one.
 */
export interface ProtectedPath {
  /** A file, or a folder with everything below it. `*` stands for any characters of one step. */
  readonly path: string;
  /** What runs it. */
  readonly runBy: string;
  readonly verdict: 'never' | 'ask';
  /** Whether it counts in every folder, as many tools look there, or only at the top. */
  readonly isAnywhere: boolean;
}

/** Services that build what is pushed, with the secrets of the repository's owner. */
const BUILT_BY: readonly (readonly [runBy: string, ...paths: readonly string[]])[] = [
  ['GitHub Actions', '.github/workflows', '.github/actions'],
  ['Gitea Actions', '.gitea/workflows', '.gitea/actions'],
  ['Forgejo Actions', '.forgejo/workflows', '.forgejo/actions'],
  ['the Settings app of GitHub', '.github/settings.yml', '.github/settings.yaml'],
  ['GitLab CI', '.gitlab-ci.yml', '.gitlab-ci.yaml', '.gitlab/ci', '.gitlab/agents'],
  ['CircleCI', '.circleci', 'circle.yml'],
  ['Travis CI', '.travis.yml', '.travis.yaml'],
  [
    'Azure Pipelines',
    'azure-pipelines*.yml',
    'azure-pipelines*.yaml',
    '.azure-pipelines',
    '.azure-pipelines*.yml',
  ],
  ['Azure Pipelines', '.azuredevops', '.vsts-ci.yml', '.vsts-ci.yaml'],
  ['Bitbucket Pipelines', 'bitbucket-pipelines.yml', 'bitbucket-pipelines.yaml'],
  ['Drone', '.drone', '.drone.yml', '.drone.yaml', '.drone.star', '.drone.jsonnet'],
  ['Woodpecker', '.woodpecker', '.woodpecker.yml', '.woodpecker.yaml'],
  ['Buildkite', '.buildkite', 'buildkite.yml', 'buildkite.yaml', 'buildkite.json'],
  ['AppVeyor', 'appveyor.yml', '.appveyor.yml'],
  ['TeamCity', '.teamcity'],
  ['Semaphore', '.semaphore'],
  ['Cirrus CI', '.cirrus.yml', '.cirrus.yaml', '.cirrus.star'],
  ['Codefresh', '.codefresh', 'codefresh.yml', 'codefresh.yaml'],
  ['Wercker', 'wercker.yml'],
  ['Bamboo', 'bamboo-specs'],
  ['SourceHut builds', '.builds', '.build.yml'],
  ['Tekton', '.tekton'],
  ['a build server', '.ci', '.ci.yml', '.ci.yaml'],
  ['Scrutinizer', '.scrutinizer.yml'],
  ['Shippable', 'shippable.yml', '.shippable.yml'],
  ['Buddy', '.buddy', 'buddy.yml'],
  ['Bitrise', 'bitrise.yml', '.bitrise.yml'],
  ['Codemagic', 'codemagic.yaml'],
  ['Screwdriver', 'screwdriver.yaml'],
  ['Zuul', 'zuul.yaml', '.zuul.yaml', 'zuul.d', '.zuul.d'],
  ['Taskcluster', '.taskcluster.yml'],
  ['Harness', '.harness'],
  ['JetBrains Space', '.space.kts', '.space'],
  ['OneDev', '.onedev-buildspec.yml'],
  ['Rultor', '.rultor.yml'],
  ['GoCD', '*.gocd.yaml', '*.gocd.json'],
  ['Vela', '.vela.yml', '.vela.yaml', '.vela.star', '.vela.py'],
  ['Prow', '.prow.yaml', '.prow'],
  ['OpenShift', '.openshift/action_hooks'],
  ['Danger', 'Dangerfile', 'Dangerfile.*'],
];

/** The same, wherever they lie. */
const BUILT_BY_ANYWHERE: typeof BUILT_BY = [
  ['Jenkins', 'Jenkinsfile', 'Jenkinsfile.*', '*.jenkinsfile', '.jenkins'],
  ['Google Cloud Build', 'cloudbuild*.yaml', 'cloudbuild*.yml', 'cloudbuild*.json'],
  ['AWS CodeBuild', 'buildspec*.yml', 'buildspec*.yaml'],
];

/** What runs on a developer's machine, publishes the repository on the web, or tells an agent what to do. */
const HELD_FOR: typeof BUILT_BY = [
  // Git and what hooks into it.
  ['git', '.gitattributes', '.githooks', '.hooks', '.git-hooks'],
  ['Git LFS', '.lfsconfig'],
  ['Husky', '.husky', '.huskyrc', '.huskyrc.*', 'husky.config.*'],
  ['Lefthook', '.lefthook', '.lefthook-local', 'lefthook.*', '.lefthook.*', 'lefthook-local.*'],
  ['lint-staged', '.lintstagedrc', '.lintstagedrc.*', 'lint-staged.config.*'],
  ['simple-git-hooks', '.simple-git-hooks.*', 'simple-git-hooks.*'],
  ['pre-commit', '.pre-commit-config.yaml', '.pre-commit-config.yml', '.pre-commit-hooks.yaml'],
  ['Overcommit', '.overcommit.yml'],
  ['CaptainHook', 'captainhook.json'],
  ['GrumPHP', 'grumphp.yml', 'grumphp.yml.dist'],
  // Editors and machines to develop on.
  ['development containers', '.devcontainer', '.devcontainer.json'],
  ['Visual Studio Code', '.vscode', '*.code-workspace'],
  ['Visual Studio', '.vs', 'tasks.vs.json', 'launch.vs.json'],
  ['JetBrains IDEs', '.idea', '.run', '.fleet'],
  ['Zed', '.zed', '.rules'],
  ['Vim', '.exrc', '.vimrc', '.nvimrc', '.nvim.lua', '.lvimrc'],
  ['Emacs', '.dir-locals.el', '.dir-locals-2.el'],
  ['Gitpod', '.gitpod', '.gitpod.yml', '.gitpod.Dockerfile', '.ona'],
  ['Replit', '.replit', 'replit.nix', '.replit.nix'],
  ['Firebase Studio', '.idx'],
  ['Devfile', 'devfile.yaml', '.devfile.yaml'],
  ['Devbox', 'devbox.json'],
  ['direnv', '.envrc'],
  [
    'mise',
    'mise.toml',
    '.mise.toml',
    'mise.*.toml',
    '.mise.*.toml',
    '.mise',
    'mise/config.toml',
    '.config/mise',
    '.config/mise.toml',
    '.rtx.toml',
  ],
  ['asdf', '.tool-versions', '.asdfrc'],
  // Interpreters, debuggers and linters that run what lies beside what they look at.
  ['Python', 'sitecustomize.py', 'usercustomize.py'],
  ['Ruby', '.irbrc', '.pryrc'],
  ['GDB', '.gdbinit'],
  ['LLDB', '.lldbinit'],
  ['Pylint', '.pylintrc', 'pylintrc', 'pylintrc.toml', '.pylintrc.toml'],
  ['RuboCop', '.rubocop.yml'],
  ['ESLint', '.eslintrc', '.eslintrc.*', 'eslint.config.*'],
  // Package managers and build tools that run what their settings name.
  ['npm', '.npmrc'],
  ['Yarn', '.yarnrc', '.yarnrc.*', '.yarn', '.pnp.*'],
  ['pnpm', '.pnpmfile.cjs', '.pnpmfile.mjs', 'pnpmfile.js'],
  ['Bun', 'bunfig.toml', '.bunfig.toml'],
  ['Cargo', '.cargo'],
  ['Maven', '.mvn'],
  ['Gradle', 'gradle/wrapper'],
  [
    'MSBuild',
    'Directory.Build.props',
    'Directory.Build.targets',
    'Directory.Build.rsp',
    'Directory.Packages.props',
    'Directory.Solution.props',
    'Directory.Solution.targets',
  ],
  ['Bazel', '.bazelrc', '.bazelversion'],
  ['Bundler', '.bundle'],
  // Services that deploy what is pushed.
  ['Netlify', 'netlify.toml', '.netlify'],
  ['Vercel', 'vercel.json', 'vercel.ts', 'now.json', '.vercel'],
  ['Fly.io', 'fly.toml', 'fly.*.toml'],
  ['Render', 'render.yaml', 'render.yml'],
  ['Railway', 'railway.json', 'railway.toml', 'nixpacks.toml'],
  ['Heroku', 'Procfile', 'Procfile.*', 'heroku.yml'],
  ['Cloudflare', 'wrangler.toml', 'wrangler.json', 'wrangler.jsonc'],
  ['Firebase', 'firebase.json', '.firebaserc', 'apphosting.yaml'],
  [
    'AWS',
    'amplify.yml',
    'apprunner.yaml',
    'appspec.yml',
    'appspec.yaml',
    '.ebextensions',
    '.elasticbeanstalk',
  ],
  ['DigitalOcean', '.do'],
  ['Platform.sh', '.platform', '.platform.app.yaml', '.upsun'],
  ['Azure App Service', '.deployment'],
  ['CapRover', 'captain-definition'],
  // Services that look at, change or merge what is pushed.
  ['Dependabot', '.github/dependabot.yml', '.github/dependabot.yaml'],
  ['GitHub', '.github/CODEOWNERS', 'CODEOWNERS'],
  [
    'Renovate',
    'renovate.json',
    'renovate.json5',
    '.renovaterc',
    '.renovaterc.*',
    '.github/renovate.*',
    '.gitlab/renovate.*',
  ],
  ['Codecov', 'codecov.yml', '.codecov.yml', 'codecov.yaml', '.codecov.yaml'],
  ['Sonar', '.sonarcloud.properties', 'sonar-project.properties'],
  ['Code Climate', '.codeclimate.yml', '.qlty'],
  ['DeepSource', '.deepsource.toml'],
  ['Mergify', '.mergify.yml', '.mergify', '.github/mergify.yml'],
  ['bors', 'bors.toml', '.bors.toml'],
  ['Packit', '.packit.yaml', '.packit.yml', 'packit.yaml', '.copr'],
  ['Read the Docs', '.readthedocs.yml', '.readthedocs.yaml', 'readthedocs.yml'],
  ['the Apache infrastructure', '.asf.yaml'],
  ['users of an action of GitHub', 'action.yml', 'action.yaml'],
  // What agents obey or start.
  ['agents', 'AGENTS.md', 'AGENTS.*.md', 'AGENT.md', '.agents', '.agent'],
  ['clients of MCP servers', '.mcp.json', 'mcp.json', '.mcp'],
  ['Claude Code', '.claude', 'CLAUDE.md', 'CLAUDE.*.md', '.claude.json'],
  ['Cursor', '.cursor', '.cursorrules'],
  ['Gemini CLI', '.gemini', 'GEMINI.md'],
  ['Codex', '.codex'],
  [
    'Copilot',
    '.github/copilot-instructions.md',
    '.github/instructions',
    '.github/prompts',
    '.github/chatmodes',
    '.github/agents',
    '.github/hooks',
  ],
  ['Trae', '.trae'],
  ['Windsurf', '.windsurf', '.windsurfrules'],
  ['Cline', '.clinerules', '.cline'],
  ['Roo Code', '.roo', '.roorules', '.roomodes'],
  ['aider', '.aider.conf.yml'],
  ['Continue', '.continue', '.continuerules'],
  ['Amazon Q', '.amazonq'],
  ['Kiro', '.kiro'],
  ['Junie', '.junie'],
  ['Goose', '.goosehints', '.goose'],
  ['OpenHands', '.openhands'],
  ['opencode', '.opencode', 'opencode.json', 'opencode.jsonc'],
  ['Augment', '.augment', '.augment-guidelines'],
  ['Qwen Code', '.qwen', 'QWEN.md'],
  ['Crush', '.crush.json', 'crush.json', 'CRUSH.md'],
];

export const PROTECTED_PATHS: readonly ProtectedPath[] = [
  ...entries(BUILT_BY, 'never', false),
  ...entries(BUILT_BY_ANYWHERE, 'never', true),
  ...entries(HELD_FOR, 'ask', true),
];

function entries(
  list: typeof BUILT_BY,
  verdict: ProtectedPath['verdict'],
  isAnywhere: boolean,
): readonly ProtectedPath[] {
  return list.flatMap(([runBy, ...paths]) => paths.map((path) => ({ path, runBy, verdict, isAnywhere })));
}

interface Matcher {
  readonly entry: ProtectedPath;
  readonly steps: readonly StepMatcher[];
}

interface StepMatcher {
  readonly name: RegExp;
  /** The name that Windows may give a long one, without its number: `github` of `GITHUB~1`. */
  readonly shortName: string;
}

const SHORT_NAME = /^([^~]{1,6})~\d{1,6}(?:\.[^.]{0,3})?$/;

export interface ProtectionOptions {
  /** Entries of the list that do not count, by their path. */
  readonly allowed?: readonly string[];
  /** Paths beside the list that wait for a yes, wherever they lie; written as those of the list. */
  readonly held?: readonly string[];
}

/**
 * Finds what runs a path, when something may: the strictest entry that it stands for, whatever case, invisible characters
 * or short form it is spelled with. A file or link that replaces a folder on the way there counts as well.
 */
export function createProtection({ allowed = [], held = [] }: ProtectionOptions = {}): (
  path: string,
) => ProtectedPath | undefined {
  const own = entries([["the operator's own rule", ...held]], 'ask', true);
  const matchers: readonly Matcher[] = [...PROTECTED_PATHS, ...own]
    .filter(({ path }) => !allowed.includes(path))
    .map((entry) => ({ entry, steps: entry.path.split('/').map(stepMatcher) }));
  // What the first step of any entry is read as; few steps of a path are one.
  const firsts = matchers.flatMap(({ steps: [first] }) => first?.name.source.slice(1, -1) ?? []);
  // bounded: it is made from the list above, where a star stands for 255 characters at most
  const beginning = new RegExp(`^(?:${firsts.join('|')})$`);
  return (path) => {
    const steps = path.split('/').map(stepAsRead);
    const starts = steps.flatMap((step, start) =>
      SHORT_NAME.test(step) || beginning.test(step) ? [start] : [],
    );
    const found = matchers.filter((matcher) =>
      starts.some((start) => (start === 0 || matcher.entry.isAnywhere) && matches(matcher, steps, start)),
    );
    return (found.find(({ entry }) => entry.verdict === 'never') ?? found[0])?.entry;
  };
}

/** Why a list of paths of the operator's cannot be used; undefined when it can. */
export function protectionProblem({ allowed = [] }: ProtectionOptions): string | undefined {
  const unknown = allowed.find((path) => !PROTECTED_PATHS.some((entry) => entry.path === path));
  return unknown === undefined
    ? undefined
    : `${JSON.stringify(unknown)} is no entry of the list: docs/protected-paths.md has all of them`;
}

function matches(matcher: Matcher, steps: readonly string[], start: number): boolean {
  const count = Math.min(matcher.steps.length, steps.length - start);
  // A path that ends before the entry does replaces one of its folders.
  return (
    count > 0 &&
    matcher.steps.slice(0, count).every(({ name, shortName }, at) => {
      const step = steps[start + at] ?? '';
      return name.test(step) || (shortName !== '' && SHORT_NAME.exec(step)?.[1] === shortName);
    })
  );
}

function stepMatcher(step: string): StepMatcher {
  const read = stepAsRead(step);
  const pattern = read
    .split('*')
    .map((part) => part.replaceAll(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`))
    .join('[^/]{0,255}');
  const isLong = !/^[^.]{1,8}(?:\.[^.]{1,3})?$/.test(read) && !read.includes('*');
  const extension = read.lastIndexOf('.');
  const bare = (extension > 0 ? read.slice(0, extension) : read).replaceAll(/[. ]/g, '').slice(0, 6);
  // bounded: it is made from an entry of the list above
  return { name: new RegExp(`^${pattern}$`), shortName: isLong ? bare : '' };
}

/**
 * A step of a path as file systems of other machines may read it: in small letters, composed, without characters that are
 * not shown (macOS), and without what comes after a colon or dots and spaces at its end (Windows).
 */
export function stepAsRead(step: string): string {
  const shown = step
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase();
  const colon = shown.indexOf(':');
  let end = colon === -1 ? shown.length : colon;
  while (end > 0 && (shown[end - 1] === '.' || shown[end - 1] === ' ')) end -= 1;
  return shown.slice(0, end);
}
