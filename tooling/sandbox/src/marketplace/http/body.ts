import { accepted, refused, type Outcome } from '../refusal.ts';

/** Reads a request's body whole, but never more than `maxBytes`. */
export async function readBody(request: Request, maxBytes: number): Promise<Outcome<Uint8Array>> {
  const tooLarge = refused(413, 'PAYLOAD_TOO_LARGE', `The body has more than ${maxBytes} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge;
  if (request.body === null) return accepted(new Uint8Array());
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) return tooLarge;
    pieces.push(read.value);
  }
  return accepted(Buffer.concat(pieces));
}
