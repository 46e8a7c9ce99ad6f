/** A call of one of the worker's tools. */
export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the model answers once. */
export interface ModelStep {
  /** What the step is for: the kind of what is done next. */
  readonly name: 'acknowledge' | 'read' | 'work' | 'submit' | 'report' | 'give_up' | 'talk';
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

export interface Said {
  readonly role: string;
  readonly text: string;
}

/** CoPaw puts what was said before in a room in front of what it is asked now. */
const CURRENT_MESSAGE = '[Current message - respond to this]';
const TASK_ID = /(?:New task \[|of task \[)([\w-]+)\]/;
const REPORT_LINE = /exactly this line: (@\S+ TASK_COMPLETED: [\w-]+)/;
const STORAGE = /Storage: (\S+)/;

/**
 * The next step of a worker that was given a task as the adapter words it. It reads the specification, writes a
 * result and reports, by the task tools of HiClaw 1.1 and later where it has them, else as the instructions of 1.0 say.
 */
export function nextStep(messages: readonly Said[], tools: readonly string[]): ModelStep {
  // A yes to the question of its guard is no task of its own: it goes on with what it was at.
  const lastAsked = messages.findLastIndex(({ role, text }) => role === 'user' && text.trim() !== '/approve');
  const asked = messages[lastAsked]?.text.split(CURRENT_MESSAGE).at(-1) ?? '';
  const results = messages.slice(lastAsked + 1).filter(({ role }) => role === 'tool');
  const taskId = TASK_ID.exec(asked)?.[1];
  if (taskId === undefined || tools.length === 0) {
    return { name: 'talk', text: `You said: ${asked.trim().slice(0, 200)}`, calls: [] };
  }
  const report = REPORT_LINE.exec(asked)?.[1] ?? `TASK_COMPLETED: ${taskId}`;
  // As a real model does, it tries again what failed, and gives up after a while.
  const done = results.filter(({ text }) => !hasFailed(text));
  const last = results.at(-1);
  if (results.length - done.length > MAX_FAILED_CALLS && last !== undefined) {
    const blocked = report.replace('TASK_COMPLETED', 'BLOCKED');
    return { name: 'give_up', text: `${blocked} - ${last.text.slice(0, 300)}`, calls: [] };
  }
  const storage = STORAGE.exec(messages[0]?.text ?? '')?.[1] ?? '';
  const said = done.map(({ text }) => text).join('\n');
  const guarded = said.includes(GUARDED)
    ? [{ name: 'work', call: shell('rm -f /tmp/nothing-to-remove') } as const]
    : [];
  const plain = tools.includes('taskflow') ? taskflowSteps(taskId, said) : plainSteps(taskId, storage);
  const steps = [...plain.slice(0, READING_STEPS), ...guarded, ...plain.slice(READING_STEPS)];
  const next = steps[done.length];
  if (next !== undefined) {
    const text = results.length === 0 ? `Received task ${taskId}.` : '';
    return { name: next.name, text, calls: [next.call] };
  }
  return { name: 'report', text: `${report} - the answer is 42.`, calls: [] };
}

/** A task in which this stands has a command in it that workers of HiClaw 1.2 ask about. */
const GUARDED = '[guarded]';
/** Steps before the specification was read. */
const READING_STEPS = 3;
const MAX_FAILED_CALLS = 8;

function hasFailed(result: string): boolean {
  return /"ok": false|^(Error|Command failed)/.test(result);
}

interface Step {
  readonly name: ModelStep['name'];
  readonly call: ToolCall;
}

function taskflowSteps(taskId: string, said: string): readonly Step[] {
  const folder = `shared/tasks/${taskId}`;
  // Where the tool filesync says that the folder is on the worker's disk.
  const workspace = /"localPath": "([^"]*?)shared\/tasks\//.exec(said)?.[1] ?? '';
  const answer = `${folder}/workspace/answer.md`;
  return [
    { name: 'acknowledge', call: { tool: 'taskflow', input: { action: 'ack_task', payload: { taskId } } } },
    { name: 'read', call: { tool: 'filesync', input: { action: 'list', path: folder } } },
    {
      name: 'read',
      call: shell(`mkdir -p ${workspace}${folder}/workspace && cat ${workspace}${folder}/spec.md`),
    },
    {
      name: 'work',
      call: { tool: 'write_file', input: { file_path: workspace + answer, content: `# ${taskId}\n\n42\n` } },
    },
    {
      name: 'submit',
      call: {
        tool: 'taskflow',
        input: {
          action: 'submit_task',
          payload: { taskId, status: 'SUCCESS', summary: 'The answer is 42.', deliverables: [answer] },
        },
      },
    },
  ];
}

function plainSteps(taskId: string, storage: string): readonly Step[] {
  const folder = `shared/tasks/${taskId}`;
  const result = `STATUS: SUCCESS\nSUMMARY: The answer is 42.\nDELIVERABLES:\n- ${folder}/answer.md\n\nThe answer is 42.\n`;
  return [
    {
      name: 'read',
      call: shell(`mc mirror --overwrite ${storage}/${folder}/ ${folder}/ && cat ${folder}/spec.md`),
    },
    {
      name: 'work',
      call: { tool: 'write_file', input: { file_path: `${folder}/answer.md`, content: '42\n' } },
    },
    {
      name: 'work',
      call: { tool: 'write_file', input: { file_path: `${folder}/result.md`, content: result } },
    },
    {
      name: 'submit',
      call: shell(
        `mc mirror --overwrite --exclude spec.md --exclude 'base/*' ${folder}/ ${storage}/${folder}/`,
      ),
    },
  ];
}

function shell(command: string): ToolCall {
  return { tool: 'execute_shell_command', input: { command } };
}
