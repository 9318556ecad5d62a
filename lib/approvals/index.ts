/** The room's door: what rooms above, pages and workers use. */
export { checkConsistency } from "#lib/approvals/check-consistency.ts";
export { getRequest } from "#lib/approvals/get-request.ts";
export { listRequests } from "#lib/approvals/list-requests.ts";
export { listNotices } from "#lib/approvals/notices/list-notices.ts";
export { listPolicies } from "#lib/approvals/policies/list-policies.ts";
export { executeIfWanted, tendRequests } from "#lib/approvals/tend-requests.ts";
