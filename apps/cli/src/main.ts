#!/usr/bin/env node
import { refusesNode } from '@agrenting-hiclaw/runtime/node-version';

if (!refusesNode('agrenting-hiclaw', process))
  void import('./start.ts').then((loaded) => loaded.start(process));
