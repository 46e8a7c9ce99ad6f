import { describe } from 'vitest';
import { test } from './boxed.ts';

describe.concurrent('the profile of HiClaw', () => {
  test.for([
    { profile: '1.0', bucket: 'hiclaw-storage', projects: 0 },
    { profile: '1.1', bucket: 'hiclaw-storage', projects: 1 },
    { profile: '1.2', bucket: 'agentteams-storage', projects: 1 },
  ])(
    '$profile names the bucket, and says whether tasks need a project',
    async ({ profile, bucket, projects }, { openBox, expect }) => {
      const box = await openBox({ bucket });
      const { bucket: _givenByTheProfile, ...storage } = box.hiclaw.storage;
      await box.startApp({ hiclaw: { profile }, storage });
      await box.listening();
      const { id } = box.hire();
      await box.ended(id);
      expect(box.settlements(id)).toEqual(['result']);
      expect(box.hiclaw.objects('shared/projects/')).toHaveLength(projects);
    },
  );
});
