/** What a blob store stored: the key is the content. */
export interface BlobRef {
  /** SHA-256 of the bytes, 64 hex digits. */
  digest: string;
  sizeBytes: number;
}
