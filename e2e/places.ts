/**
 * Every page of the console, by its name. `{run}` stands for the newest finished run's id, `{live}` for one that trains, `{trace}` for a trace,
 * `{request}` for the newest approval request.
 */
export interface Place {
  name: string;
  path: string;
}

export const PAGES: readonly Place[] = [
  { name: "home", path: "/" },
  { name: "runs", path: "/runs" },
  { name: "runs by a filter", path: "/runs?filter=metrics.test_accuracy%20%3E%200.5" },
  { name: "runs by a filter with a slip", path: "/runs?filter=metrics.test_accuracy%20%3E%20high" },
  { name: "a run's curves", path: "/runs/{run}" },
  { name: "a run's evaluation", path: "/runs/{run}?tab=evaluation" },
  { name: "a run's details", path: "/runs/{run}?tab=details" },
  { name: "a run's artifacts", path: "/runs/{run}?tab=artifacts" },
  { name: "traces", path: "/traces" },
  { name: "traces, a filter with a slip", path: "/traces?q=tags.lang%20%3D%20de" },
  { name: "a trace", path: "/traces/{trace}" },
  { name: "a new strategy", path: "/runs/new" },
  { name: "a new run", path: "/runs/new?kind=run" },
  { name: "models", path: "/models" },
  { name: "a model", path: "/models/digits" },
  { name: "a model at another time", path: "/models/digits?at=2020-01-01T00:00:00Z" },
  { name: "a version", path: "/models/digits/versions/1" },
  { name: "a version's card", path: "/models/digits/versions/1?tab=card" },
  { name: "a version's card, being written", path: "/models/digits/versions/1?tab=card&edit=true" },
  { name: "a version's approvals", path: "/models/digits/versions/1?tab=approvals" },
  { name: "a version, to reproduce", path: "/models/digits/versions/1?tab=reproduce" },
  { name: "the lineage of a run", path: "/lineage?from=run:{run}" },
  { name: "lineage of nothing", path: "/lineage" },
  { name: "deployments", path: "/deployments" },
  { name: "a deployment", path: "/deployments/digits" },
  { name: "approvals", path: "/approvals" },
  { name: "all approvals", path: "/approvals?view=all" },
  { name: "a new request", path: "/approvals/new" },
  { name: "policies", path: "/settings/policies" },
  { name: "a policy", path: "/settings/policies/edit" },
  { name: "datasets", path: "/datasets" },
  { name: "a dataset", path: "/datasets/{dataset}" },
  { name: "the drawing pad", path: "/draw" },
  { name: "the API reference", path: "/api-reference" },
  { name: "an operation", path: "/api-reference?operation=postPredict" },
  { name: "keys", path: "/settings/keys?show=all" },
  { name: "members", path: "/settings/members" },
  { name: "invitations", path: "/settings/members?tab=invitations" },
  { name: "service accounts", path: "/settings/members?tab=service-accounts" },
  { name: "projects", path: "/settings/projects" },
  { name: "people", path: "/settings/people" },
  { name: "the audit log", path: "/audit" },
  { name: "the instance's audit log", path: "/audit?chain=instance" },
  { name: "denied attempts", path: "/audit?view=denied" },
  { name: "reconciliation", path: "/audit?view=reconciliation" },
  { name: "the account", path: "/account" },
];

/** How a page is brought into the state that is to be seen; by accessible names, in the order given here. */
export interface Shot extends Place {
  /** Seen by somebody who is not signed in. */
  stranger?: boolean;
  keys?: readonly string[];
  /** Buttons, links, menu items or folded parts. */
  click?: readonly (string | RegExp)[];
  /** Draws a seven on the pad. */
  draw?: boolean;
  /** Only where the page is this wide: 1440 or 390. */
  width?: number;
}

/** What `npm run shots` takes: every page, and the states that a page has besides its usual one. */
export const SHOTS: readonly Shot[] = [
  ...PAGES,
  { name: "sign in", path: "/sign-in", stranger: true },
  { name: "change password", path: "/change-password" },
  { name: "home while a run trains", path: "/?live={live}" },
  { name: "runs while one trains", path: "/runs?live={live}" },
  { name: "a live run", path: "/runs/{live}" },
  { name: "a live run's evaluation", path: "/runs/{live}?tab=evaluation" },
  { name: "a live run's details", path: "/runs/{live}?tab=details" },
  { name: "runs, selected", path: "/runs", keys: ["j", "x"] },
  { name: "runs, to export", path: "/runs", click: ["Export"] },
  { name: "runs, none fits", path: "/runs?q=no+such+run" },
  { name: "runs, none deleted", path: "/runs?lifecycle=deleted" },
  { name: "traces, none fits", path: "/traces?q=no-such-trace" },
  { name: "a trace's span that failed", path: "/traces/{trace}?span=0000000000000003" },
  { name: "a run's menu", path: "/runs/{run}", click: [/^Actions for/] },
  { name: "a run, to delete", path: "/runs/{run}", click: [/^Actions for/, "Delete the run"] },
  { name: "a chart as a table", path: "/runs/{run}?tab=evaluation", click: ["Show Confusion matrix as a table"] },
  { name: "a stage, to change", path: "/models/digits", click: [/^Change the stage of version/, /^Archive version/] },
  { name: "a request", path: "/approvals/{request}" },
  { name: "a request's images", path: "/approvals/{request}?tab=images" },
  { name: "a request's data", path: "/approvals/{request}?tab=data" },
  { name: "a request's rounds", path: "/approvals/{request}?tab=rounds" },
  { name: "a request's discussion", path: "/approvals/{request}?tab=discussion" },
  { name: "a drawn seven", path: "/draw", draw: true },
  { name: "the keys", path: "/runs", keys: ["?"] },
  { name: "the menu on a phone", path: "/", click: ["Open the menu"], width: 390 },
  { name: "the account's menu", path: "/", click: [/^Account of/], width: 1440 },
  { name: "the projects to choose from", path: "/", click: [/^Project /] },
  { name: "a new key", path: "/settings/keys", click: ["New key"] },
  { name: "keys, none fits", path: "/settings/keys?q=no-such-key" },
  { name: "a key, to revoke", path: "/settings/keys?show=all", click: [/^Revoke /] },
  { name: "an invitation, to make", path: "/settings/members", click: ["Invite somebody"] },
  { name: "a service account, to make", path: "/settings/members", click: ["New service account"] },
  { name: "a project, to make", path: "/settings/projects", click: ["New project"] },
  { name: "a project's menu", path: "/settings/projects", click: [/^Actions for/] },
  { name: "a person's menu", path: "/settings/people", click: [/^Actions for/] },
  { name: "a person's sessions", path: "/settings/people", click: [/^Actions for/, /^Sessions/] },
  { name: "a second factor, to set up", path: "/account", click: ["Set up a second factor", "Show the QR code"] },
  { name: "an invitation that is over", path: "/invite#no-such-invitation-any-more", stranger: true },
  { name: "an event", path: "/audit", click: [/^Event \d+/] },
  { name: "events, none fits", path: "/audit?q=no+such+event&from=2020-01-01T00:00:00Z" },
  { name: "an alias, to set", path: "/models/digits", click: ["Set an alias"] },
  { name: "a deployment, to make", path: "/deployments", click: ["New deployment"] },
  { name: "traffic, to change", path: "/deployments/digits", click: ["Change the traffic", "Add a version"] },
  { name: "a deployment's menu", path: "/deployments/digits", click: [/^Actions for/] },
  { name: "not found", path: "/runs/00000000000000000000000000000000" },
  { name: "not found, outside", path: "/no/such/page" },
  { name: "an address with a slip", path: "/runs?cursor=broken" },
];
