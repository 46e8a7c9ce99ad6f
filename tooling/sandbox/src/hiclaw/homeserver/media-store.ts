/** Uploaded media by `server/id`. */
export type MediaStore = Map<string, Media>;

interface Media {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly name: string | undefined;
}
