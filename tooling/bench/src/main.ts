// Measures, beside controls in the same run:
//   npm run bench -- bridge
//   npm run bench -- cli
//   npm run bench -- console
//   npm run bench -- engine
//   npm run bench -- results
//   npm run bench -- engine --json      with the figures as one line of JSON at the end
import { parseArgs } from 'node:util';
import { benchBridge } from './bridge/bench.ts';
import { benchCli } from './cli/bench.ts';
import { benchConsole } from './console/bench.ts';
import { benchEngine } from './engine/bench.ts';
import { benchResults } from './results/bench.ts';
import { lastLine, table, type Row } from './rows.ts';
import type { Report } from './report.ts';

const BENCHES: Readonly<Record<string, (report: Report) => Promise<readonly Row[]>>> = {
  bridge: benchBridge,
  cli: benchCli,
  console: benchConsole,
  engine: benchEngine,
  results: benchResults,
};

const usage = `Usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [--json]`;
const { name, json } = argumentsOrExit();
const run = BENCHES[name];
if (run === undefined) exitWithUsage(`There is no benchmark called ${name || '""'}.`);
const rows = await run((line) => console.log(line));
console.log(`\n${table(rows)}`);
if (json) console.log(lastLine(name, rows));

function argumentsOrExit(): { readonly name: string; readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    if (positionals.length > 1) exitWithUsage('One benchmark at a time.');
    return { name: positionals[0] ?? '', json: values.json };
  } catch (error) {
    return exitWithUsage(error instanceof Error ? error.message : 'wrong arguments');
  }
}

function exitWithUsage(problem: string): never {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}
