import { z } from 'zod';
import type { World } from './world.ts';

const answerBody = z.record(z.string(), z.unknown());

export type Act = (method: string, path: string, body: object) => Promise<Record<string, unknown>>;

/** Acts with the worker's own account, as the worker or its operator would. */
export async function actAsWorker(world: World): Promise<Act> {
  const call = async (method: string, path: string, body: object, token?: string) => {
    const answer = await fetch(`${world.hiclaw.homeserver.url}/_matrix/client/v3${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return answerBody.parse(await answer.json());
  };
  const login = await call('POST', '/login', {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: world.worker.name },
    password: `${world.worker.name}-sandbox-password`,
  });
  const token = z.string().parse(login['access_token']);
  return (method, path, body) => call(method, path, body, token);
}
