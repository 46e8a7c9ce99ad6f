/** What an operation answers; written to the socket in one place. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export const xmlAnswer = (xml: string): S3Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: xml,
});
