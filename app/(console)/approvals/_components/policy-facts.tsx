import { gateWords } from "#app/(console)/approvals/_components/gates.ts";
import type { PolicyBody } from "#lib/approvals/schemas.ts";

/** A policy in sentences. `people` gives names to ids of users. */
export function PolicyFacts({ body, people = {} }: { body: PolicyBody; people?: Record<string, string> }) {
  const { separationOfDuties: duties, breakGlass } = body;
  const named = (ids: readonly string[]) => ids.map((id) => people[id] ?? id);
  return (
    <dl className="space-y-2 [&_dt]:text-xs [&_dt]:text-muted-foreground">
      <div>
        <dt>Who has to agree</dt>
        {body.thresholds.map((threshold) => (
          <dd key={threshold.name}>
            <span className="font-medium">{threshold.name}</span>: {threshold.approvals} of{" "}
            {[
              ...threshold.roles.map((role) => `every ${role}`),
              ...named(threshold.users),
              ...named(threshold.services),
            ].join(", ")}
            ; {threshold.deny === 1 ? "one denial ends it" : `${threshold.deny} denials end it`}
          </dd>
        ))}
        {Object.entries(body.riskOverrides ?? {}).map(
          ([risk, override]) =>
            override !== undefined && (
              <dd key={risk}>
                At {risk} risk {override.approvals} different people
              </dd>
            ),
        )}
      </div>
      <div>
        <dt>Who may not</dt>
        <dd>
          {[duties.requester && "whoever asked", duties.contributors && "whoever made it"]
            .filter(Boolean)
            .join(" and ") || "everybody may, also whoever asked"}
        </dd>
      </div>
      <div>
        <dt>Gates</dt>
        <dd>{body.gates.length === 0 ? "none" : body.gates.map(gateWords).join(", ")}</dd>
      </div>
      <div>
        <dt>Proof of the reviewer</dt>
        <dd>
          {[
            body.secondFactor && "a second factor",
            body.reauthenticateMinutes !== undefined && `signed in again within ${body.reauthenticateMinutes} minutes`,
            body.commentRequired && "a comment with approvals",
          ]
            .filter(Boolean)
            .join(", ") || "their session"}
        </dd>
      </div>
      <div>
        <dt>In time</dt>
        <dd>
          decided within {body.expiresAfterHours} h, carried out within {body.validForHours} h
          {body.executeOnApproval && ", by the system at once"}
        </dd>
      </div>
      <div>
        <dt>Break-glass</dt>
        <dd>{breakGlass.allowed ? `allowed, looked at within ${breakGlass.reviewWithinHours} h` : "not allowed"}</dd>
      </div>
    </dl>
  );
}
