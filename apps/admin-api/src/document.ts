import { BASE_PATH } from './base-path.ts';
import type { Api } from './routes/route.ts';
import { VERSION } from './version.ts';

/** The API as an OpenAPI document, out of the schemas that requests and answers are checked by. */
export function documentOf(api: Api): Record<string, unknown> {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Admin API of agrenting-hiclaw',
      version: VERSION,
      description: 'docs/admin-api.md describes tokens and what the API guarantees.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: BASE_PATH }],
  });
  return {
    ...document,
    components: {
      ...document.components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token, or a session secret.',
        },
      },
    },
  };
}
