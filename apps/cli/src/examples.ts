import type { Command } from 'commander';

/** An example of each command, by the words of the command. */
const EXAMPLES: Readonly<Record<string, string>> = {
  init: '--homeserver http://127.0.0.1:18080 --storage http://127.0.0.1:9000',
  setup: '--hiclaw-env ~/hiclaw-manager.env --mc "docker exec -i hiclaw-manager mc"',
  register: '--worker alice --capabilities translation,writing --price 10.00',
  'agents list': '',
  'agents show': 'alice',
  'agents pause': 'alice --drain',
  'agents resume': '--all',
  'agents update': 'alice --price 12.50',
  sessions: '',
  up: '--apps mcp-client,poller,admin-api',
  doctor: '--start',
  'marketplace verify': '--record responses.jsonl',
  'gateway setup': '--gateway http://127.0.0.1:18080 --hiclaw-env ~/hiclaw-manager.env',
  'gateway check': '--gateway http://127.0.0.1:18080',
  'gateway undo': '',
  'webhook test': '--agent alice',
  'config check': '--webhook',
  'config schema': '--out adapter.schema.json',
  completion: 'bash',
  'hirings list': '--attention --limit 50',
  'hirings show': '550e8400-e29b-41d4-a716-446655440000',
  'hirings watch': '550e8400-e29b-41d4-a716-446655440000',
  'hirings retry': '550e8400-e29b-41d4-a716-446655440000',
  'hirings approve': '550e8400-e29b-41d4-a716-446655440000',
  'hirings hold': '550e8400-e29b-41d4-a716-446655440000',
  'hirings submit': '550e8400-e29b-41d4-a716-446655440000 --file result.md',
  'hirings message': '550e8400-e29b-41d4-a716-446655440000 --to worker --text "Please use the second file."',
  'hirings fail': '550e8400-e29b-41d4-a716-446655440000 --reason "The file that you named does not exist."',
  'hirings answer': '550e8400-e29b-41d4-a716-446655440000 yes',
  'hirings file': '550e8400-e29b-41d4-a716-446655440000 report.pdf --output report.pdf',
  'hirings export': '550e8400-e29b-41d4-a716-446655440000 --out case.tar.gz',
  'deliveries list': '--limit 50',
  earnings: '--from 2026-11-01 --to 2026-11-30 --format csv',
  backup: '/backup/adapter.sqlite',
  restore: '/backup/adapter.sqlite',
  rebuild: '',
  'retention sweep': '--dry-run',
  'workers list': '',
  'workers show': 'alice',
  'workers start': 'alice',
  'workers stop': 'alice',
  'workers restart': 'alice',
  'workers ping': 'alice --seconds 120',
  'workers install-skill': 'alice --mc "docker exec -i hiclaw-manager mc"',
  'rooms list': '--hirings --limit 50',
  'rooms discover': '--hiclaw-env ~/hiclaw-manager.env',
  'rooms set': "alice '!abc:matrix-local.hiclaw.io:18080'",
  'tokens check': '--mc "docker exec -i hiclaw-manager mc"',
  'tokens login': 'alice --mc "docker exec -i hiclaw-manager mc"',
  'alerts test': '',
  'alerts list': '--limit 50',
  audit: '--limit 50',
  'admin token': '--role viewer --name olga',
  'keys rotate': 'alice',
  'keys list': '',
  'keys new': 'store.key',
};

/** Adds an example to the help of each command; throws for a command without one. */
export function addExamples(command: Command, words: readonly string[] = []): void {
  for (const child of command.commands) {
    const path = [...words, child.name()];
    if (child.commands.length > 0) {
      addExamples(child, path);
      continue;
    }
    const example = EXAMPLES[path.join(' ')];
    if (example === undefined) throw new TypeError(`no example of ${path.join(' ')}`);
    const line = ['agrenting-hiclaw', ...path, ...(example === '' ? [] : [example])].join(' ');
    child.addHelpText('after', `\nExample:\n  ${line}`);
  }
}
