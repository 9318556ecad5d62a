/** What trains a version again from a terminal on the machine that Assay runs on, and says whether it is the same. */
export function reproduceCommand(modelName: string, version: number): string {
  return `npm run reproduce -- ${modelName}/${version}`;
}
