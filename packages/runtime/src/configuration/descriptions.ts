import { AGENT_VARIABLES, SETTINGS } from './settings.ts';

/** Of settings without a variable, by their place in the configuration file; `*` stands for each item of a list. */
const OTHERS: Readonly<Record<string, string>> = {
  marketplace: 'The marketplace.',
  settlement: 'How results, failures and messages are sent to the marketplace.',
  'settlement.via':
    'auto: by REST where the marketplace takes them there, else by the tools of the MCP session; rest or mcp: only so.',
  agents: 'The agents whose work is sold; each hears its own hires.',
  'agents.*.id': `Its UUID; the marketplace is asked when it is left out. Variable ${AGENT_VARIABLES.id}, for one agent.`,
  'agents.*.key': `Its own API key, or keyFile; \`agrenting-hiclaw register\` makes it. Variable ${AGENT_VARIABLES.key}, for one agent.`,
  'agents.*.worker': `The name of the worker that does its work, or the one that its listing names. Variable ${AGENT_VARIABLES.worker}, for one agent.`,
  'agents.*.policy': 'Takes the place of single rules of the section policy, for this agent.',
  matrix: "The adapter's own account at HiClaw's homeserver.",
  'matrix.rooms':
    'Where tasks are said: auto, a room for each hiring where the runtime bears it; per-hiring, for all workers; worker, all in the worker’s room.',
  'matrix.watchers': 'Matrix ids that are invited to the rooms of hirings, to watch.',
  'matrix.keepRoomsHours': 'How long the room of a hiring stays after its end, in hours.',
  'matrix.messagesPerMinute':
    'The most that is sent to all workers together. What the homeserver takes is learned from its answers.',
  manager: "HiClaw's Manager; with userId and roomId it is asked once to look after a silent worker.",
  'manager.stateCommand':
    'Its manage-state.sh as program and arguments: puts tasks on its list, so that no worker is stopped as idle.',
  'manager.delegates': 'Whether workers are told by the Manager, in the place of ourselves.',
  hiclaw: 'Which HiClaw it is.',
  storage: "HiClaw's object storage.",
  'storage.connectTo': "Where to connect when the endpoint's name does not resolve here, as host:port.",
  'storage.sessionFiles': "Whether workers' session files count as a sign that a task was taken.",
  push: "Hirers' repositories, where the adapter pushes what workers leave.",
  'push.hosts': 'Where such repositories may lie; without it only https://github.com.',
  'push.hosts.*.origin': 'Scheme, host and port, such as https://github.com.',
  'push.hosts.*.private': 'true: a host of your own network, whose address may be a private one.',
  'push.hosts.*.caFile': 'A PEM file, where its certificate comes from an authority of your own.',
  'push.target':
    'own-branch: agrenting/<task id>; default-branch: onto the branch itself, fast-forward only.',
  'push.allowWorkflows':
    "true: workers may change what the repository's host runs by itself, with the hirer's secrets.",
  'push.allowPaths': 'Entries of docs/protected-paths.md that workers may change without being asked about.',
  'push.holdPaths':
    'More paths that wait for your yes when a worker changes them; * stands for any characters of one step.',
  'push.maxRepositoryMegabytes': 'The largest repository that is worked on.',
  'push.maxChangeMegabytes': 'The largest change that is pushed.',
  tasks: 'Task folders.',
  workers: 'The map of workers: a list, the registry, or both.',
  'workers.list': 'The workers, each with its Matrix id and room.',
  'workers.list.*.name': 'Lower-case letters, digits and hyphens.',
  'workers.list.*.userId': 'Its full Matrix id.',
  'workers.list.*.roomId': 'The id of its own room.',
  'workers.list.*.runtime': 'What it runs on; the registry says it, too.',
  'workers.list.*.rooms': 'For this worker, in the place of matrix.rooms.',
  lifecycle: 'How workers are started.',
  'lifecycle.startedWaitSeconds': 'How long a started worker is left alone before it is told.',
  'lifecycle.recreatedWaitSeconds': 'The same for one that was made anew.',
  'lifecycle.url': "The controller's address.",
  'lifecycle.tokenFile': 'A file with its token, read at each call because it runs out within an hour.',
  store: 'The SQLite file that keeps the hirings.',
  admin: "The operator's API and web page; the other apps do not look at it.",
  'admin.tokens': 'Who may use it; `agrenting-hiclaw admin token` makes one and writes its hash here.',
  'admin.tokens.*.name': 'Stands in the record of what was done.',
  'admin.tokens.*.role': 'viewer: reads; operator: gives commands, too.',
  'admin.tokens.*.hash': 'The SHA-256 of the token, which itself is kept nowhere.',
  'admin.trustedProxies': 'Proxies whose X-Forwarded-For is believed, as addresses or networks.',
  'admin.sessionHours': 'How long somebody stays signed in to the web page.',
  'admin.console': 'A directory with the web page, in the place of the one that comes with this release.',
  webhook: 'What the bridge listens for; the other apps do not look at it.',
  'webhook.path': 'Where hires are posted.',
  'webhook.header': 'The header that the key comes in.',
  'webhook.scheme': 'Stands before the key in the header; a bare key is taken, too.',
  'webhook.insecure': 'true: no key at all, for a trial on 127.0.0.1.',
  'webhook.signature': 'Whether hires have to be signed; required when there are secrets.',
  'webhook.secretHeader': 'true: the secret itself in X-Webhook-Secret is as good as a signature.',
  'webhook.toleranceSeconds': 'How old a time-stamped signature may be.',
  'webhook.trustedProxies': 'Addresses or networks whose X-Forwarded-For is believed.',
  'webhook.maxBodyBytes': 'Greater bodies are refused.',
  alerts: 'Operator alerts; none are sent without a room or a URL.',
  'alerts.kinds': 'What you are told of.',
  'alerts.perHour': 'To each place; more are summed up in one.',
  'alerts.repeatAfterSeconds': 'The same about the same hiring or agent is not told again before.',
  'alerts.offlineAfterSeconds': "How long an agent's MCP session may be down before you are told.",
  health: 'Where health and metrics are served.',
  retention: 'How long what is over stays, in whole days from the end of a hiring; 0 is for ever.',
  'retention.payloadDays': 'Texts of hirer and worker, documents as heard, bodies of settlements.',
  'retention.taskFolderDays': 'Task folders in storage.',
  'retention.historyDays': 'Whole hirings; needs taskFolderDays.',
  reread: 'Reading again what is over, because nothing tells of a dispute or a refund.',
  'reread.endedDays': 'How long after its end a hiring is read again, in whole days; 0 is never.',
  log: 'The log.',
  polling: 'By the poller only.',
  policy: "The owner's rules, for all agents.",
  'policy.failOverdue': 'true: a worker still at work at the deadline is reported as failed.',
  'policy.maxMessages': 'Messages to a worker about one attempt, at most.',
  timing: 'In seconds.',
  'timing.acknowledgeSeconds': 'Silence after a message before the worker is woken and told again (120).',
  'timing.silenceSeconds': 'The same for a worker at work (900).',
  'timing.inspectSeconds': 'Looks into a task folder; signs in the room make it sooner (10).',
  'timing.quietSeconds': 'A result reported as completed counts when its folder lay still for so long (2).',
  'timing.unreportedQuietSeconds':
    'A result without such a report counts when folder and room were quiet for so long (120).',
  'timing.stillSeconds':
    'What a worker says counts once it has not been edited or taken back for so long (8).',
  'timing.blockedSeconds': 'The same for a worker that says BLOCKED, if it says nothing else meanwhile (30).',
  'timing.claimGraceSeconds': '"done" without a result in the folder (60).',
  'timing.clearSeconds': "How long a worker may take to forget its room's conversation (10).",
  'timing.rereadSeconds': 'Reads of an open hiring, to see a cancellation (60).',
  'timing.attentionSeconds': 'Looks at what waits for a person (60).',
  'timing.answerWaitSeconds': 'How long a question to the hirer waits for its answer.',
  'timing.maxDurationSeconds':
    'Stands in for a deadline, from when the hiring, or a retry of it, was confirmed (86400).',
  'timing.unacknowledgedMarginSeconds':
    'A task that nobody took is reported as failed so long before its deadline (300).',
  'timing.maxOverdueSeconds':
    'An attempt whose worker is still at work is reported as failed so long after its deadline (86400).',
  'timing.leaseSeconds':
    'After so long another process takes over what a dead one left, at most 600 (25); one that starts on the same Linux machine does so at once.',
};

const RULES: Readonly<Record<string, string>> = {
  minPrice: 'Hires below it are declined, such as 5.00; one whose price cannot be read waits for you.',
  capabilities: 'Hires for other capabilities are declined.',
  repositories: 'Hires that name another repository are declined; owner/name or owner/*.',
  assignmentsPerWorker: 'Open assignments at one worker; more are merged into one job by most workers (1).',
  maxTaskCharacters: 'Hires with a longer task are declined.',
  approve: 'What waits for your yes: nothing, the work, the results, or both.',
  heldResults: 'What becomes of a result that the quality gate holds back.',
  resultDigest:
    'Whether a result counts only once its worker has reported the SHA-256 of result.md, and result.md names those of all files (docs/shared-storage.md).',
  push: 'Who pushes to the repository of a hirer: adapter, worker, or off.',
  questions: 'Who is asked what a worker asks: the hirer or the owner.',
  progress: 'Whether the hirer is told how far a worker is.',
  progressCharacters: 'Longest report of progress that the hirer is told; the rest is cut (300).',
  progressReports: 'Reports of progress that the hirer is told in one attempt (20).',
  questionCharacters: 'Longest question that the hirer is asked; the rest is cut (1000).',
  questionCount: 'Questions that the hirer is asked in one attempt; one more is yours to answer (10).',
  muchToldCharacters:
    'A worker that says it is blocked after the hirer was told so many characters waits for you (2000).',
  approvePushes: 'Whether a hire that is delivered by push waits for your yes before the work.',
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
