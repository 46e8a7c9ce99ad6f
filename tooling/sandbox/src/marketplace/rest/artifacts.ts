import { Hono } from 'hono';

import { artifactsBody, artifactView } from '../artifacts.ts';
import { answer, callingAgent, jsonBody, refuse, type HttpEnvironment } from '../http/context.ts';
import { rest } from '../http/frame.ts';
import { notFound, refused, unauthorized } from '../refusal.ts';
import { parseWith } from '../validation.ts';
import type { World } from '../world.ts';
import { isParty, readable } from './hirings.ts';

/** Files beside a result (Agrenting API reference, 5 and 10). */
export function artifactRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.post('/hirings/:id/artifacts', rest(world, 'artifacts'), (c) => {
    const caller = callingAgent(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    if (world.switches.of(caller.value.id).artifacts === 'missing') {
      return refuse(world, c, refused(404, 'ROUTE_NOT_FOUND', 'No such route').refusal);
    }
    const found = readable(world, c);
    if (!found.ok) return refuse(world, c, found.refusal);
    const json = jsonBody(c);
    if (!json.ok) return refuse(world, c, json.refusal);
    const body = parseWith(artifactsBody, json.value);
    if (!body.ok) return refuse(world, c, body.refusal);
    const stored = world.hirings.addArtifacts(found.value.hiring, body.value.artifacts);
    if (!stored.ok) return refuse(world, c, stored.refusal);
    const recorded = c.get('recorded');
    if (recorded !== undefined) recorded.applied = true;
    return answer(world, { artifacts: stored.value.map(artifactView) }, 201);
  });

  app.get('/hirings/:id/artifacts', rest(world, 'artifact_list'), (c) => {
    const found = readable(world, c);
    if (!found.ok) return refuse(world, c, found.refusal);
    return answer(world, { artifacts: found.value.hiring.artifacts.map(artifactView) });
  });

  app.get('/artifacts/:artifact/download', rest(world, 'artifact_read'), (c) => {
    const identity = c.get('identity');
    if (identity.kind === 'nobody') return refuse(world, c, unauthorized().refusal);
    const { hiring, artifact } = world.hirings.artifact(c.req.param('artifact')) ?? {};
    if (hiring === undefined || artifact === undefined || !isParty(world, hiring, identity)) {
      return refuse(world, c, notFound('Artifact').refusal);
    }
    return new Response(Buffer.from(artifact.base64, 'base64'), {
      headers: { 'content-type': artifact.contentType },
    });
  });

  return app;
}
