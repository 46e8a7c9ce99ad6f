import { z } from 'zod';
import type { HomeserverCore } from './core.ts';

import { syncFilter } from './filter.ts';
import { forbidden, invalidParameter, MatrixError, notFound } from './matrix-error.ts';
import { client, jsonBody, pathValue, type Call, type Route } from './route.ts';

const maxFilters = 1000;

const loginBody = z.object({
  type: z.string(),
  identifier: z.object({ type: z.string(), user: z.string().optional() }).optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  device_id: z.string().optional(),
});

const registerBody = z.object({
  username: z.string().optional(),
  password: z.string().optional(),
  device_id: z.string().optional(),
  inhibit_login: z.boolean().optional(),
  auth: z.object({ type: z.string().optional(), token: z.string().optional() }).optional(),
});

const adminUserBody = z.object({ password: z.string().min(1), admin: z.boolean().optional() });
const ADMIN_USER = '/_synapse/admin/v2/users/:userId';

/** Whom an admin's call is about; nobody else may make one. */
function userOfAdminCall(core: HomeserverCore, call: Call): string {
  if (!core.accounts.admins.has(call.device.userId)) throw forbidden('You are not a server admin');
  return pathValue(call, 'userId');
}

/** Versions, accounts and what a client asks before it syncs (HiClaw reference, 3.2 and 10.1). */
export const sessionRoutes = (core: HomeserverCore): Route[] => [
  {
    name: 'versions',
    method: 'GET',
    paths: ['/_matrix/client/versions'],
    open: true,
    run: () => ({ versions: ['v1.1', 'v1.5', 'v1.8', 'v1.10', 'v1.11', 'v1.12'], unstable_features: {} }),
  },
  {
    name: 'loginFlows',
    method: 'GET',
    paths: client('/login'),
    open: true,
    run: () => ({ flows: [{ type: 'm.login.password' }] }),
  },
  { name: 'login', method: 'POST', paths: client('/login'), open: true, run: (call) => login(core, call) },
  {
    name: 'register',
    method: 'POST',
    paths: client('/register'),
    open: true,
    run: (call) => register(core, call),
  },
  // What Synapse and Tuwunel let their admins do with accounts.
  {
    name: 'adminUser',
    method: 'GET',
    paths: [ADMIN_USER],
    run: (call) => {
      const userId = userOfAdminCall(core, call);
      if (!core.accounts.has(userId)) throw notFound('User not found');
      return { name: userId, admin: false };
    },
  },
  {
    name: 'adminPutUser',
    method: 'PUT',
    paths: [ADMIN_USER],
    run: async (call) => {
      const userId = userOfAdminCall(core, call);
      const { password } = await jsonBody(call, adminUserBody);
      if (core.registration.exclusive) {
        throw new MatrixError(400, 'M_EXCLUSIVE', 'This user ID is reserved by an application service.');
      }
      core.accounts.create(userId.slice(1, userId.indexOf(':')), password);
      return Response.json({ name: userId, admin: false }, { status: 201 });
    },
  },
  {
    name: 'whoami',
    method: 'GET',
    paths: client('/account/whoami'),
    run: ({ device }) => ({ user_id: device.userId, device_id: device.deviceId, is_guest: false }),
  },
  {
    name: 'logout',
    method: 'POST',
    paths: client('/logout'),
    run: ({ device }) => {
      core.accounts.logout(device);
      return {};
    },
  },
  {
    name: 'capabilities',
    method: 'GET',
    paths: client('/capabilities'),
    run: () => ({ capabilities: { 'm.room_versions': { default: '11', available: { '11': 'stable' } } } }),
  },
  {
    name: 'pushRules',
    method: 'GET',
    paths: client('/pushrules/'),
    run: () => ({ global: { content: [], override: [], room: [], sender: [], underride: [] } }),
  },
  { name: 'turnServer', method: 'GET', paths: client('/voip/turnServer'), run: () => ({}) },
  {
    name: 'profile',
    method: 'GET',
    paths: client('/profile/:userId'),
    open: true,
    run: (call) => {
      const userId = pathValue(call, 'userId');
      if (!core.accounts.has(userId)) throw notFound('Profile was not found');
      return { displayname: userId.slice(1).split(':', 1).join('') };
    },
  },
  {
    name: 'presence',
    method: 'PUT',
    paths: client('/presence/:userId/status'),
    run: () => ({}),
  },
  {
    name: 'filter',
    method: 'POST',
    paths: client('/user/:userId/filter'),
    run: async (call) => {
      requireSelf(call);
      const filter = await jsonBody(call, syncFilter);
      const text = JSON.stringify(filter);
      const id = `f${core.filters.size + 1}`;
      const known = [...core.filters].find(([, stored]) => JSON.stringify(stored) === text)?.[0];
      if (known === undefined && core.filters.size >= maxFilters) {
        throw new MatrixError(
          403,
          'M_RESOURCE_LIMIT_EXCEEDED',
          `The sandbox keeps ${maxFilters} filters at most`,
        );
      }
      if (known === undefined) core.filters.set(id, filter);
      return { filter_id: known ?? id };
    },
  },
  {
    name: 'filter',
    method: 'GET',
    paths: client('/user/:userId/filter/:filterId'),
    run: (call) => {
      requireSelf(call);
      const filter = core.filters.get(pathValue(call, 'filterId'));
      if (filter === undefined) throw notFound('No such filter');
      return filter;
    },
  },
];

const requireSelf = (call: Call): void => {
  if (pathValue(call, 'userId') !== call.device.userId) throw forbidden('Not your own user id');
};

const login = async (core: HomeserverCore, call: Call): Promise<object> => {
  const body = await jsonBody(call, loginBody);
  if (body.type !== 'm.login.password') {
    throw new MatrixError(400, 'M_UNKNOWN', `Unknown login type ${body.type}`);
  }
  const user = body.identifier?.user ?? body.user;
  if (user === undefined || body.password === undefined)
    throw invalidParameter('user and password are needed');
  const device = core.accounts.login({ user, password: body.password, deviceId: body.device_id });
  return {
    user_id: device.userId,
    access_token: device.accessToken,
    device_id: device.deviceId,
    home_server: core.accounts.serverName,
  };
};

/** One step with the registration token, as Tuwunel allows (HiClaw reference, 3.2). */
const register = async (core: HomeserverCore, call: Call): Promise<object> => {
  const body = await jsonBody(call, registerBody);
  if (core.registration.exclusive) {
    throw new MatrixError(400, 'M_EXCLUSIVE', 'This user ID is reserved by an application service.');
  }
  if (body.auth === undefined) {
    const flow = { stages: ['m.login.registration_token'] };
    return Response.json({ session: 'sandbox', flows: [flow], params: {}, completed: [] }, { status: 401 });
  }
  const rightToken =
    body.auth.type === 'm.login.registration_token' && body.auth.token === core.registration.token;
  if (!rightToken) throw forbidden('Invalid registration token.');
  if (body.username === undefined || body.password === undefined) {
    throw invalidParameter('username and password are needed');
  }
  const userId = core.accounts.create(body.username.toLowerCase(), body.password);
  if (body.inhibit_login === true) return { user_id: userId, home_server: core.accounts.serverName };
  const device = core.accounts.login({
    user: body.username,
    password: body.password,
    deviceId: body.device_id,
  });
  return {
    user_id: userId,
    access_token: device.accessToken,
    device_id: device.deviceId,
    home_server: core.accounts.serverName,
  };
};
