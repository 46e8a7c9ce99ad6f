import { refusesNode } from '@agrenting-hiclaw/runtime/node-version';

if (!refusesNode('admin-api', process)) void import('./start.ts').then((loaded) => loaded.start(process));
