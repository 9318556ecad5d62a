import { Td } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { EmergencyBadge, RequestStateBadge, RiskBadge } from "#app/(console)/approvals/_components/request-badges.tsx";
import { missingWords } from "#app/(console)/approvals/_components/words.ts";
import type { RequestSummary } from "#lib/approvals/schemas.ts";

export const STANDING_COLUMNS = ["State", "Risk", "Still needed"];

/** Where a request stands. */
export function StandingCells({ request }: { request: RequestSummary }) {
  return (
    <>
      <Td>
        <span className="flex gap-1">
          <RequestStateBadge state={request.state} />
          {request.emergency && <EmergencyBadge />}
        </span>
      </Td>
      <Td>
        <RiskBadge risk={request.risk} />
      </Td>
      <Td>
        {missingWords(request)}
        {request.waitingOnMe && <strong className="font-medium"> · you are asked</strong>}
      </Td>
    </>
  );
}

export const ASKED_COLUMNS = ["Asked by", { name: "Reason", className: "w-full" }, "Asked"];

/** Who asked, why and when. */
export function AskedCells({ request }: { request: RequestSummary }) {
  return (
    <>
      <Td>{request.requestedBy.name}</Td>
      <Td className="max-w-64 truncate" title={request.reason}>
        {request.reason}
      </Td>
      <Td>
        <Time at={request.createdAt} />
      </Td>
    </>
  );
}
