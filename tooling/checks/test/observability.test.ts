import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { rootFolder } from '../src/workspace.ts';

const prometheus = join(rootFolder, 'deploy', 'prometheus');
const read = (...path: readonly string[]): string => readFileSync(join(rootFolder, ...path), 'utf8');

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), todo: z.string() }),
        }),
      ),
    }),
  ),
});
const ruleTestsSchema = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});
const dashboardSchema = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      type: z.enum(['row', 'stat', 'timeseries']),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.object({ expr: z.string(), refId: z.string() })).optional(),
    }),
  ),
});

const rules = rulesSchema
  .parse(parse(read('deploy', 'prometheus', 'alerts.yaml')))
  .groups.flatMap((group) => group.rules);
const ruleTests = ruleTestsSchema.parse(parse(read('deploy', 'prometheus', 'alerts.test.yaml')));
const dashboard = dashboardSchema.parse(JSON.parse(read('deploy', 'grafana', 'agrenting-hiclaw.json')));

const page = read('docs', 'metrics.md');
/** Values of labels: what stands as code on the page, and the states. */
const words = new Set(
  [...page.matchAll(/`([\w-]+)`/g), ...read('docs', 'states.md').matchAll(/\b(\w+)\b/g)].map(
    ([, word]) => word,
  ),
);

/** What each metric on the page may be called in an expression, with its labels. */
const known = new Map(
  [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\|([^|]*)\|/gm)].flatMap(([, name = '', type, cells = '']) => {
    const labels = new Set([
      'job',
      'instance',
      ...[...cells.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
    ]);
    return type === 'histogram'
      ? [
          [`${name}_bucket`, new Set([...labels, 'le'])] as const,
          [`${name}_sum`, labels] as const,
          [`${name}_count`, labels] as const,
        ]
      : [[name, labels] as const];
  }),
);

/** What is wrong with an expression: syntax, or something that no app exports. */
function problemsOf(expression: string): readonly string[] {
  const problems: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, type, from, to, node }) {
      const text = expression.slice(from, to);
      if (type.isError) problems.push(`no PromQL at ${from}: ${expression.slice(from)}`);
      if (name !== 'VectorSelector') return;
      const identifier = node.getChild('Identifier');
      const metric = identifier === null ? text : expression.slice(identifier.from, identifier.to);
      const labels = known.get(metric);
      if (labels === undefined) problems.push(`no metric ${metric}`);
      for (const [, label = '', , value = ''] of text.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
        if (labels?.has(label) !== true) problems.push(`no label ${label} of ${metric}`);
        if (label === 'job') continue;
        for (const word of value.split('|')) if (!words.has(word)) problems.push(`no value ${word}`);
      }
    },
  });
  return problems;
}

const promtool = spawnSync('promtool', ['--version']).error === undefined;

describe('what is shown and alerted on', () => {
  test('the page names metrics', () => {
    expect(known.size).toBeGreaterThan(40);
  });

  test.each(rules)('$alert uses what is exported', ({ expr }) => {
    expect(problemsOf(expr)).toEqual([]);
  });

  test('each alert has a test in which it fires and one in which it does not', () => {
    const names = rules.map(({ alert }) => alert);
    const cases = ruleTests.tests.flatMap((one) => one.alert_rule_test);
    const fires = cases.filter((one) => one.exp_alerts.length > 0).map((one) => one.alertname);
    const stays = cases.filter((one) => one.exp_alerts.length === 0).map((one) => one.alertname);
    expect(new Set(fires)).toEqual(new Set(names));
    expect(new Set(stays)).toEqual(new Set(names));
  });

  test.runIf(promtool)('Prometheus itself takes the rules, and their tests pass', () => {
    for (const args of [
      ['check', 'rules', 'alerts.yaml'],
      ['test', 'rules', 'alerts.test.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: prometheus, encoding: 'utf8' });
      expect({ status, said: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
    }
  });

  test.each(dashboard.panels.filter(({ type }) => type !== 'row'))(
    'the panel "$title" uses what is exported',
    ({ targets = [] }) => {
      expect(targets).not.toEqual([]);
      const expressions = targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'));
      expect(expressions.flatMap((expression) => problemsOf(expression))).toEqual([]);
    },
  );

  test('panels have ids of their own and do not overlap', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  test.each([
    ['sum(rate(agrenting_hiclaw_deliveries_total[5m])', 'no PromQL'],
    ['agrenting_hiclaw_herd_total > 0', 'no metric agrenting_hiclaw_herd_total'],
    ['agrenting_hiclaw_step_seconds', 'no metric agrenting_hiclaw_step_seconds'],
    ['agrenting_hiclaw_deliveries_total{way="rest"}', 'no label way'],
    ['agrenting_hiclaw_deliveries_total{outcome="nwe"}', 'no value nwe'],
  ])('%s would be found', (expression, problem) => {
    expect(problemsOf(expression).join('\n')).toContain(problem);
  });
});
