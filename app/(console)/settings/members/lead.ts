export const LEAD = "Who is in this project and what they may do in it.";
