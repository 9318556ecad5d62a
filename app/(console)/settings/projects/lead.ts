export const LEAD =
  "Runs, models, datasets and approvals belong to one project; nobody outside learns that they exist.";
