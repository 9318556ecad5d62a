/** What each run has. */
export const METRICS = 20;
export const PARAMS = 10;
