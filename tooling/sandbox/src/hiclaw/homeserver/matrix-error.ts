/** A refusal as the client-server API words it (HiClaw reference, 10.1). Thrown by handlers, answered in one place. */
export class MatrixError extends Error {
  readonly status: number;
  readonly body: { errcode: string; error: string; [extra: string]: unknown };

  constructor(status: number, errcode: string, error: string, extra: Record<string, unknown> = {}) {
    super(error);
    this.name = 'MatrixError';
    this.status = status;
    this.body = { errcode, error, ...extra };
  }
}

export const forbidden = (error: string): MatrixError => new MatrixError(403, 'M_FORBIDDEN', error);
export const notFound = (error: string): MatrixError => new MatrixError(404, 'M_NOT_FOUND', error);
export const invalidParameter = (error: string): MatrixError =>
  new MatrixError(400, 'M_INVALID_PARAM', error);
