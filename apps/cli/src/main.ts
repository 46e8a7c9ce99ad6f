#!/usr/bin/env node
// What stands here has to be read by every Node that somebody may have: no static import, no top-level await, nothing
// younger than Node 12. An older one would end in a SyntaxError of a file that it cannot read.
const MIN_NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < MIN_NODE_MAJOR) {
  process.stderr.write(
    `agrenting-hiclaw needs Node ${MIN_NODE_MAJOR} or newer, and this is Node ${process.versions.node}: install one from https://nodejs.org, and run the same again.\n`,
  );
  process.exitCode = 2;
} else {
  void import('./start.ts').then((loaded) => loaded.start(process));
}
