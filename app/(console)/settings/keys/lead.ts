export const LEAD = "Programs act with a key: within this project, and never beyond what its owner may do.";
