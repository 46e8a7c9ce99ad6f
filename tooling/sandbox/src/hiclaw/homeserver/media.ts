import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { HomeserverCore } from './core.ts';
import { MatrixError, notFound } from './matrix-error.ts';
import type { Route } from './route.ts';

const maxUploadBytes = 50 * 1024 * 1024;
const maxStoredBytes = 512 * 1024 * 1024;

/** Upload, authenticated download, and the older download without a token (HiClaw reference, 10.1). */
export const mediaRoutes = (core: HomeserverCore): Route[] => {
  const download = (request: Context): Response => {
    const media = core.media.get(`${request.req.param('server')}/${request.req.param('id')}`);
    if (media === undefined) throw notFound('Media not found');
    const name = request.req.param('name') ?? media.name;
    const headers = new Headers({
      'content-type': media.type,
      'content-security-policy': "default-src 'none'",
    });
    if (name !== undefined) {
      headers.set('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
    }
    return new Response(media.bytes, { headers });
  };
  const config = (): object => ({ 'm.upload.size': maxUploadBytes });
  return [
    {
      name: 'upload',
      method: 'POST',
      paths: ['/_matrix/media/v3/upload'],
      maxBytes: maxUploadBytes,
      run: async ({ request }) => {
        const bytes = new Uint8Array(await request.req.arrayBuffer());
        const stored = [...core.media.values()].reduce((sum, media) => sum + media.bytes.length, 0);
        if (stored + bytes.length > maxStoredBytes) {
          throw new MatrixError(413, 'M_TOO_LARGE', 'The sandbox keeps no more media');
        }
        const id = randomBytes(12).toString('base64url');
        core.media.set(`${core.accounts.serverName}/${id}`, {
          bytes,
          type: request.req.header('content-type') ?? 'application/octet-stream',
          name: request.req.query('filename'),
        });
        return { content_uri: `mxc://${core.accounts.serverName}/${id}` };
      },
    },
    {
      name: 'download',
      method: 'GET',
      paths: [
        '/_matrix/client/v1/media/download/:server/:id',
        '/_matrix/client/v1/media/download/:server/:id/:name',
      ],
      run: ({ request }) => download(request),
    },
    {
      name: 'download',
      method: 'GET',
      paths: ['/_matrix/media/v3/download/:server/:id', '/_matrix/media/v3/download/:server/:id/:name'],
      open: true,
      run: ({ request }) => download(request),
    },
    {
      name: 'mediaConfig',
      method: 'GET',
      paths: ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config'],
      run: config,
    },
  ];
};
