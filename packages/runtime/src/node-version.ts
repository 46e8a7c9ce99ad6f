// Read by every Node that somebody may have: nothing here is younger than Node 12, and nothing is imported. An older one
// would end in a SyntaxError of some file that it cannot read.
const MIN_NODE_MAJOR = 24;

/** What is used of the process. */
interface Program {
  readonly versions: { readonly node: string };
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
}

/** Says in one line what to do where this Node is too old, and has the process end with 2; false where it will do. */
export function refusesNode(name: string, program: Program): boolean {
  const { node } = program.versions;
  if (Number(node.split('.')[0]) >= MIN_NODE_MAJOR) return false;
  program.stderr.write(
    `${name} needs Node ${MIN_NODE_MAJOR} or newer, and this is Node ${node}: install one from https://nodejs.org, and run the same again.\n`,
  );
  program.exitCode = 2;
  return true;
}
