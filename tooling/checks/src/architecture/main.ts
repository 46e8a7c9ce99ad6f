// Checks which part imports which: node tooling/checks/src/architecture/main.ts <folder of a workspace>
import { resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import configuration from '../../../../.dependency-cruiser.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Expected the folder of a workspace');

const { forbidden = [], options = {} } = configuration;
const { output } = await cruise(['apps', 'packages', 'tooling'], {
  ...options,
  ruleSet: { forbidden },
  validate: true,
  // Packages are only found by climbing up from an absolute path.
  baseDir: resolve(folder),
});
if (typeof output === 'string') throw new Error('Expected the result of the cruise as an object');

const { violations, totalCruised, totalDependenciesCruised = 0 } = output.summary;
for (const { rule, from, to, cycle } of violations) {
  const remedy = forbidden.find((candidate) => candidate.name === rule.name)?.comment ?? '';
  const path = cycle === undefined ? [from, to] : [from, ...cycle.map((step) => step.name)];
  console.log(`${path.join(' -> ')}\n  ${rule.name}: ${remedy}`);
}
console.log(
  `${violations.length} violations in ${totalCruised} files with ${totalDependenciesCruised} imports`,
);
// A check that saw nothing would find nothing.
process.exitCode = violations.length === 0 && totalDependenciesCruised > 0 ? 0 : 1;
