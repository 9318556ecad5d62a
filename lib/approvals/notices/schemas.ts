import { z } from "zod";
import { NOTICE_KINDS } from "#lib/approvals/notices/kinds.ts";
import { Person } from "#lib/approvals/schemas.ts";
import { PageQuery, pageOf } from "#lib/platform/pagination.ts";

/** Browser-safe: what was told to whom. */

const isoDate = z.iso.datetime();
const Channel = z.enum(["mail", "slack"]);
export type NoticeChannel = z.infer<typeof Channel>;

const State = z
  .enum(["waiting", "sent", "failed", "dropped"])
  .meta({ description: "failed: given up; dropped: nobody to tell any more." });
export type NoticeState = z.infer<typeof State>;

const NoticeSummary = z
  .object({
    id: z.string(),
    kind: z.enum(NOTICE_KINDS),
    channel: Channel,
    recipient: Person.nullable().meta({ description: "Null for the channel's webhook." }),
    requestId: z.string(),
    round: z.int().min(1),
    modelName: z.string(),
    modelVersion: z.int().min(1),
    target: z.string(),
    state: State,
    attempts: z.int().min(0),
    lastError: z.string().nullable(),
    createdAt: isoDate,
    sentAt: isoDate.nullable(),
  })
  .meta({ id: "Notice" });

export const NoticeQuery = PageQuery.extend({ state: State.optional() });
export const NoticePage = pageOf(NoticeSummary);
export type NoticePage = z.infer<typeof NoticePage>;
