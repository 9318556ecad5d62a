/** The model's name in an address: Next hands a page its part of the path as it was encoded. */
export function nameOfPath(params: { name: string }): string {
  return decodeURIComponent(params.name);
}
