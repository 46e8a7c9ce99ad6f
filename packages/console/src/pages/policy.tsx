import type { ReactNode } from 'react';
import { useAnswer } from '../api/queries.ts';
import type { Policy, Rules } from '../api/schemas.ts';
import { hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView } from '../ui/query-view.tsx';
import { Card, Facts, Page } from '../ui/page.tsx';
import { Id } from '../ui/safe-text.tsx';

const APPROVE: Readonly<Record<string, string>> = {
  nothing: 'nothing needs your yes',
  work: 'work needs your approval before it starts',
  results: 'results need your approval before settlement',
  both: 'work and results need your approval',
};
const HELD: Readonly<Record<string, string>> = {
  hold: 'held until you decide',
  fail: 'reported as failed, and the hirer refunded',
};
const PUSH: Readonly<Record<string, string>> = {
  adapter: 'by the adapter, which does not share the hirer’s token',
  worker: 'by the worker, with the hirer’s token in its task folder',
  off: 'off: such hirings are refused',
};
const QUESTIONS: Readonly<Record<string, string>> = { hirer: 'the hirer', owner: 'you' };

type Fact = readonly [name: string, value: ReactNode];

/** The owner's rules, in words. */
function factsOf(rules: Rules): readonly Fact[] {
  const { minPrice, capabilities, repositories, concurrency, maxTaskCharacters } = rules;
  return [
    ['Lowest price', minPrice === null ? 'none' : safeText(moneyOfPrice(minPrice))],
    ['Capabilities', capabilities.length === 0 ? 'all listed' : safeText(capabilities.join(', '))],
    [
      'Repositories',
      repositories === null || repositories.length === 0 ? 'all' : safeText(repositories.join(', ')),
    ],
    ['At once', `${concurrency} ${concurrency === 1 ? 'hiring' : 'hirings'} for a worker`],
    ['Longest task', `${maxTaskCharacters.toLocaleString('en')} characters`],
    ['Approval', wordOf(APPROVE, rules.approve)],
    ['Doubtful results', wordOf(HELD, rules.heldResults)],
    ['Pushed', wordOf(PUSH, rules.push)],
    ['Questions', `answered by ${wordOf(QUESTIONS, rules.questions)}`],
    ['Progress', rules.progress ? 'reported to the hirer' : 'not reported to the hirer'],
  ];
}

function wordOf(words: Readonly<Record<string, string>>, word: string): string {
  return words[word] ?? safeText(word);
}

/** What is taken, what waits for the owner, and what hirers are told, as it is in effect. */
export function PolicyPage() {
  const query = useAnswer(['policy'], '/policy');
  return (
    <Page title="Policy">
      <p className="dim intro">
        The rules by which hirings are taken and settled. They are changed in the configuration, under{' '}
        <code>policy</code> and for an agent under <code>agents</code>;{' '}
        <a href={hrefOf('settings')}>Settings</a> says where each came from.
      </p>
      <QueryView query={query}>{(policy) => <Shown policy={policy} />}</QueryView>
    </Page>
  );
}

function Shown({ policy: { rules, failOverdue, maxMessages, agents } }: { readonly policy: Policy }) {
  const common = factsOf(rules);
  const others = agents.flatMap(({ agentId, worker, rules: own }) => {
    const facts = factsOf(own).filter(([, value], index) => value !== common[index]?.[1]);
    return facts.length === 0 ? [] : [{ agentId, worker, facts }];
  });
  const alike = agents.length - others.length;
  return (
    <div className="stack">
      <Card title="For all agents">
        <Facts
          facts={[
            ...common,
            [
              'At the deadline',
              failOverdue ? 'a worker at work is failed' : 'a worker at work continues, and you decide',
            ],
            ['Messages', `at most ${maxMessages} to a worker about one attempt`],
          ]}
        />
      </Card>
      {others.map(({ agentId, worker, facts }, index) => (
        <Card key={agentId ?? index} title={`Other for ${safeText(worker ?? 'an agent')}`}>
          <Facts
            facts={[
              ...facts,
              ['Agent', agentId === null ? 'not known yet' : <Id key="id" id={agentId} whole />],
            ]}
          />
        </Card>
      ))}
      {agents.length > 0 && (
        <p className="dim">
          {alike === agents.length
            ? agents.length === 1
              ? 'The agent uses this policy.'
              : `All ${agents.length} agents use this policy.`
            : `${alike} of ${agents.length} agents use the common policy.`}
        </p>
      )}
    </div>
  );
}
