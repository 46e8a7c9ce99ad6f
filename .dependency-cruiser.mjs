// Which part may import which: apps -> {app, operations} -> alerts -> {engine, store, hiclaw, git, runtime} -> core.
// What is not listed is forbidden.
const test = '\\.test\\.ts$|/test/';
const page = '^packages/console/(src/(?!directory\\.ts$)|[^/]+\\.config\\.ts$)';
const ours = '^(apps|packages|tooling)/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'core-domain-is-pure',
    comment:
      'core/domain holds words and rules only: move what needs this import to the package that does the work.',
    severity: 'error',
    from: { path: '^packages/core/src/domain/', pathNot: test },
    to: { pathNot: ['^packages/core/src/domain/', '(^|/)node_modules/zod/', '^(node:)?(crypto|util)$'] },
  },
  {
    name: 'core-agrenting-sees-core-only',
    comment:
      'core/agrenting speaks to the marketplace and knows core/domain only: pass the rest in as an argument.',
    severity: 'error',
    from: { path: '^packages/core/src/agrenting/', pathNot: test },
    to: { path: ours, pathNot: '^packages/core/src/' },
  },
  {
    name: 'engine-sees-core-domain-only',
    comment: 'The engine works through the ports of core/domain: let the app pass an implementation in.',
    severity: 'error',
    from: { path: '^packages/engine/src/', pathNot: test },
    to: { path: ours, pathNot: ['^packages/engine/src/', '^packages/core/src/domain/'] },
  },
  {
    name: 'packages-see-themselves-and-core',
    comment: 'Packages stand side by side on core: let packages/app compose them.',
    severity: 'error',
    from: { path: '^packages/(?!core/|app/|operations/|alerts/)([^/]+)/', pathNot: test },
    to: { path: ours, pathNot: ['^packages/$1/', '^packages/core/'] },
  },
  {
    name: 'app-and-operations-stand-side-by-side',
    comment:
      'packages/app and packages/operations are composed of the packages below them: move what both need down, and let an app pass in what is its own.',
    severity: 'error',
    from: { path: '^packages/(app|operations)/', pathNot: test },
    to: { path: ['^(apps|tooling)/', '^packages/(app|operations|console)/'], pathNot: '^packages/$1/' },
  },
  {
    name: 'alerts-see-what-is-below',
    comment: 'packages/alerts reads the store and speaks to HiClaw: let packages/app pass in the rest.',
    severity: 'error',
    from: { path: '^packages/alerts/', pathNot: test },
    to: { path: ours, pathNot: '^packages/(alerts|core|hiclaw|runtime|store)/' },
  },
  {
    name: 'only-the-cli-sets-up',
    comment:
      'What sets a HiClaw up is loaded by the command line tool alone: export what runs need from packages/hiclaw/src/index.ts.',
    severity: 'error',
    from: { path: ours, pathNot: ['^(apps/cli|packages/hiclaw/src/(setup|gateway)|tooling/fuzz)/', test] },
    to: { path: '^packages/hiclaw/src/(setup|gateway)/' },
  },
  {
    name: 'no-app-sees-another',
    comment: 'Apps are deployed one by one: move what two of them need into a package.',
    severity: 'error',
    from: { path: '^apps/(?!cli/)([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'cli-starts-apps-only',
    comment:
      "The command line tool may import another app's src/app.ts, to start it, and nothing else of it.",
    severity: 'error',
    from: { path: '^apps/cli/' },
    to: { path: '^apps/(?!cli/)', pathNot: '^apps/[^/]+/src/app\\.ts$' },
  },
  {
    name: 'console-is-served-by-admin-api-only',
    comment: 'The page is a build artefact that admin-api serves: speak to it over the HTTP API.',
    severity: 'error',
    from: { path: ours, pathNot: '^(packages/console|apps/admin-api)/' },
    to: { path: '^packages/console/' },
  },
  {
    name: 'console-speaks-http-only',
    comment: 'The page runs in a browser and knows the HTTP API alone: describe what it answers in src/api.',
    severity: 'error',
    from: { path: page },
    to: { path: [ours, '^(node:)?(fs|path|url|process)$'], pathNot: '^packages/console/src/' },
  },
  {
    name: 'production-sees-no-tooling',
    comment: 'Nothing of tooling/ is deployed: only tests may import it.',
    severity: 'error',
    from: { path: '^(apps|packages)/', pathNot: test },
    to: { path: '^tooling/' },
  },
  {
    name: 'sandbox-is-independent',
    comment:
      'The sandbox is a second reading of the references: it may not borrow the first. Start apps as processes.',
    severity: 'error',
    from: { path: '^tooling/sandbox/' },
    to: { path: '^(apps|packages)/' },
  },
  {
    name: 'tooling-sees-no-production',
    comment:
      'Only the simulator, the benchmarks and the fuzzer run parts of production by themselves: start apps as processes.',
    severity: 'error',
    from: { path: '^tooling/(?!sandbox/|simulator/|bench/|fuzz/)' },
    to: { path: '^(apps|packages)/' },
  },
  {
    name: 'simulator-sees-engine-and-store-only',
    comment: 'The simulator plays everything outside of engine and store itself: write a fake of the port.',
    severity: 'error',
    from: { path: '^tooling/simulator/' },
    to: { path: ours, pathNot: ['^tooling/simulator/', '^packages/(core/src/domain|engine/src|store/src)/'] },
  },
  {
    name: 'no-cycles',
    comment: 'Take out what both need into a file of its own.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'imports-exist',
    comment: 'The import leads nowhere: correct the path, or add the package to the package.json beside it.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'production-needs-no-dev-dependencies',
    comment: 'A deploy leaves out devDependencies: move the package to dependencies.',
    severity: 'error',
    // What the page needs is bundled into it when it is built.
    from: { path: '^(apps|packages)/', pathNot: [test, page] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden,
  options: {
    // TypeScript 7 has no parser that a tool could call.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['agrenting-hiclaw-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    combinedDependencies: false,
    skipAnalysisNotInRules: true,
  },
};
