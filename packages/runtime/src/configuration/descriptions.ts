import { AGENT_VARIABLES, SETTINGS } from './settings.ts';

/** Of settings without a variable, by their place in the configuration file; `*` stands for each item of a list. */
const OTHERS: Readonly<Record<string, string>> = {
  marketplace: 'The marketplace.',
  settlement: 'How results, failures and messages are sent to the marketplace.',
  'settlement.via':
    'auto: by REST where the marketplace takes them there, else by the tools of the MCP session; rest or mcp: only so.',
  agents: 'The agents whose work is sold; each receives its own hires.',
  'agents.*.id': `Its UUID; the marketplace is asked when it is left out. Variable ${AGENT_VARIABLES.id}, for one agent.`,
  'agents.*.key': `Its own API key, or keyFile; \`agrenting-hiclaw register\` makes it. Variable ${AGENT_VARIABLES.key}, for one agent.`,
  'agents.*.worker': `The name of the worker that does its work, or the one that its listing names. Variable ${AGENT_VARIABLES.worker}, for one agent.`,
  'agents.*.policy': 'Overrides single settings of the section policy for this agent.',
  matrix: "The adapter's own account at HiClaw's homeserver.",
  'matrix.rooms':
    'Where tasks are sent: auto, a room per hiring if the runtime supports it; per-hiring, for all workers; worker, the worker’s own room.',
  'matrix.watchers': 'Matrix ids that are invited to the rooms of hirings, to watch.',
  'matrix.keepRoomsHours': 'How long the room of a hiring stays after its end, in hours.',
  'matrix.messagesPerMinute':
    'The most messages sent to all workers together. The rate limit of the homeserver is learned from its responses.',
  manager: "HiClaw's Manager; with userId and roomId it is asked once to look after a silent worker.",
  'manager.stateCommand':
    'Its manage-state.sh as program and arguments: puts tasks on its list, so that no worker is stopped as idle.',
  'manager.delegates': 'Whether the Manager notifies workers instead of the adapter.',
  hiclaw: 'Which HiClaw it is.',
  storage: "HiClaw's object storage.",
  'storage.connectTo': "Where to connect when the endpoint's name does not resolve here, as host:port.",
  'storage.sessionFiles': "Whether workers' session files count as evidence that a task was taken.",
  push: "Hirers' repositories, where the adapter pushes what workers leave.",
  'push.hosts': 'Where such repositories may lie; without it only https://github.com.',
  'push.hosts.*.origin': 'Scheme, host and port, such as https://github.com.',
  'push.hosts.*.private': 'true: a host of your own network, whose address may be a private one.',
  'push.hosts.*.caFile': 'A PEM file, where its certificate comes from an authority of your own.',
  'push.target':
    'own-branch: agrenting/<task id>; default-branch: onto the branch itself, fast-forward only.',
  'push.allowWorkflows':
    "true: workers may change workflows that the repository's host runs automatically, with the hirer's secrets.",
  'push.allowPaths': 'Entries of docs/protected-paths.md that workers may change without approval.',
  'push.holdPaths':
    'More paths that need your approval when a worker changes them; * matches any characters within one path segment.',
  'push.maxRepositoryMegabytes': 'The largest repository that is worked on.',
  'push.maxChangeMegabytes': 'The largest change that is pushed.',
  tasks: 'Task folders.',
  workers: 'The map of workers: a list, the registry, or both.',
  'workers.list': 'The workers, each with its Matrix id and room.',
  'workers.list.*.name': 'Lower-case letters, digits and hyphens.',
  'workers.list.*.userId': 'Its full Matrix id.',
  'workers.list.*.roomId': 'The id of its own room.',
  'workers.list.*.runtime': 'Its runtime; the registry has it as well.',
  'workers.list.*.rooms': 'Overrides matrix.rooms for this worker.',
  lifecycle: 'How workers are started.',
  'lifecycle.startedWaitSeconds': 'Wait between starting a worker and notifying it.',
  'lifecycle.recreatedWaitSeconds': 'The same for a recreated worker.',
  'lifecycle.url': "The controller's address.",
  'lifecycle.tokenFile': 'A file with its token, read at each call because it runs out within an hour.',
  store: 'The SQLite file that keeps the hirings.',
  admin: 'The admin API and console; other apps ignore it.',
  'admin.tokens': 'Who may use it; `agrenting-hiclaw admin token` makes one and writes its hash here.',
  'admin.tokens.*.name': 'The name in the audit log.',
  'admin.tokens.*.role': 'viewer: read-only; operator: can also run commands.',
  'admin.tokens.*.hash': 'The SHA-256 of the token; the token itself is not stored.',
  'admin.trustedProxies': 'Proxies whose X-Forwarded-For is believed, as addresses or networks.',
  'admin.sessionHours': 'Lifetime of a console session.',
  'admin.console': 'A directory with the console, instead of the one of this release.',
  webhook: 'The bridge; other apps ignore it.',
  'webhook.path': 'Where hires are posted.',
  'webhook.header': 'The header with the key.',
  'webhook.scheme': 'The scheme before the key in the header; a bare key is accepted as well.',
  'webhook.insecure': 'true: no key, for tests on 127.0.0.1 only.',
  'webhook.signature': 'Whether hires have to be signed; required when there are secrets.',
  'webhook.secretHeader': 'true: the secret itself in X-Webhook-Secret is as good as a signature.',
  'webhook.toleranceSeconds': 'How old a time-stamped signature may be.',
  'webhook.trustedProxies': 'Addresses or networks whose X-Forwarded-For is believed.',
  'webhook.maxBodyBytes': 'Larger bodies are refused.',
  alerts: 'Operator alerts; none are sent without a room or a URL.',
  'alerts.kinds': 'Kinds of alerts to send.',
  'alerts.perHour': 'Limit per sink; more are summarized in one alert.',
  'alerts.repeatAfterSeconds': 'Shortest time between equal alerts about the same hiring or agent.',
  'alerts.offlineAfterSeconds': "How long an agent's MCP session may be down before an alert.",
  health: 'Where health and metrics are served.',
  retention: 'Retention, in whole days from the end of a hiring; 0 keeps data forever.',
  'retention.payloadDays': 'Texts of hirer and worker, received documents, settlement bodies.',
  'retention.taskFolderDays': 'Task folders in storage.',
  'retention.historyDays': 'Whole hirings; needs taskFolderDays.',
  reread: 'Reading ended hirings again, because disputes and refunds are not announced.',
  'reread.endedDays': 'How long after its end a hiring is read again, in whole days; 0 disables it.',
  log: 'The log.',
  polling: 'By the poller only.',
  policy: "The operator's policy, for all agents.",
  'policy.failOverdue': 'true: a worker still at work at the deadline is reported as failed.',
  'policy.maxMessages': 'Messages to a worker about one attempt, at most.',
  timing: 'In seconds.',
  'timing.acknowledgeSeconds': 'Silence after a message before the worker is woken and notified again (120).',
  'timing.silenceSeconds': 'The same for a worker at work (900).',
  'timing.inspectSeconds': 'Interval of task folder checks; activity in the room triggers one sooner (10).',
  'timing.quietSeconds':
    'A result reported as completed counts after its folder was unchanged for so long (2).',
  'timing.unreportedQuietSeconds':
    'A result without such a report counts when folder and room were quiet for so long (120).',
  'timing.stillSeconds':
    'What a worker says counts once it has not been edited or taken back for so long (8).',
  'timing.blockedSeconds': 'The same for a worker that says BLOCKED, if it says nothing else meanwhile (30).',
  'timing.claimGraceSeconds': '"done" without a result in the folder (60).',
  'timing.clearSeconds': "How long a worker may take to forget its room's conversation (10).",
  'timing.rereadSeconds': 'Reads of an open hiring, to see a cancellation (60).',
  'timing.attentionSeconds': 'Interval of checks of hirings that need an operator (60).',
  'timing.answerWaitSeconds': 'How long a question to the hirer waits for its answer.',
  'timing.maxDurationSeconds':
    'Deadline of a hiring without one, from when it, or its retry, was confirmed (86400).',
  'timing.unacknowledgedMarginSeconds':
    'A task that nobody took is reported as failed so long before its deadline (300).',
  'timing.maxOverdueSeconds':
    'An attempt whose worker is still at work is reported as failed so long after its deadline (86400).',
  'timing.leaseSeconds':
    'Time until another process takes over from a dead one, at most 600 (25); one that starts on the same Linux machine does so at once.',
};

const RULES: Readonly<Record<string, string>> = {
  minPrice:
    'Hires below this price are declined, such as 5.00; a hire with an unreadable price needs an operator.',
  capabilities: 'Hires for other capabilities are declined.',
  repositories: 'Hires that name another repository are declined; owner/name or owner/*.',
  assignmentsPerWorker: 'Open assignments at one worker; more are merged into one job by most workers (1).',
  maxTaskCharacters: 'Hires with a longer task are declined.',
  approve: 'What needs your approval: nothing, the work, the results, or both.',
  heldResults: 'What happens to a result that fails the review.',
  resultDigest:
    'Whether a result counts only once its worker has reported the SHA-256 of result.md, and result.md names those of all files (docs/shared-storage.md).',
  push: 'Who pushes to the repository of a hirer: adapter, worker, or off.',
  questions: "Who answers a worker's questions: the hirer or the operator (owner).",
  progress: 'Whether progress is reported to the hirer.',
  progressCharacters: 'Longest progress report to the hirer; the rest is cut (300).',
  progressReports: 'Progress reports to the hirer in one attempt (20).',
  questionCharacters: 'Longest question to the hirer; the rest is cut (1000).',
  questionCount: 'Questions to the hirer in one attempt; the operator answers further ones (10).',
  maxUnpaidCharacters:
    'A worker that reports being blocked after the hirer received this many characters needs an operator (2000).',
  approvePushes: 'Whether a hire delivered by push needs your approval before the work.',
};

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHERS),
  ...Object.entries(RULES).flatMap(([name, text]) =>
    ['policy', 'agents.*.policy'].map((section) => [`${section}.${name}`, text] as const),
  ),
  ...SETTINGS.map(
    ({ path, help, variable }) => [path.join('.'), `${sentence(help)} Variable ${variable}.`] as const,
  ),
]);

/** What a setting is, by its place such as `agents.*.key`; undefined for one that nobody described. */
export function descriptionOf(place: string): string | undefined {
  return DESCRIPTIONS.get(place);
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
