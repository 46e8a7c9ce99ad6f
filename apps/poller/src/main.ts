import { refusesNode } from '@agrenting-hiclaw/runtime/node-version';

if (!refusesNode('poller', process)) void import('./start.ts').then((loaded) => loaded.start(process));
