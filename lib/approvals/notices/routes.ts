import { listNotices } from "#lib/approvals/notices/list-notices.ts";
import { NoticePage, NoticeQuery } from "#lib/approvals/notices/schemas.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

export const noticeRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/notices",
    summary: "List what people were told of requests",
    description: "By mail and in the channel, newest first. `state=failed`: those that were given up, with the reason.",
    tag: "Approvals",
    auth: "admin",
    query: NoticeQuery,
    response: NoticePage,
    handle: ({ ctx, query }) => listNotices(ctx, query),
  }),
];
