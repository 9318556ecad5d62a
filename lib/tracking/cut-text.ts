/** The first `length` characters, without half a surrogate pair at the end, which Postgres does not hold. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}
