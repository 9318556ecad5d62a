"use client";
import { Check } from "lucide-react";
import { useState } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { plural } from "#app/_ui/format.ts";
import { Time } from "#app/_ui/time.tsx";
import { DisableFactorForm } from "#app/(console)/account/_components/disable-factor-form.tsx";
import { Enrolment } from "#app/(console)/account/_components/enrolment.tsx";
import type { SecondFactorStatus } from "#lib/auth/second-factor-schemas.ts";

/** Whether a second factor is enrolled; sets one up or takes it away. */
export function SecondFactorCard({ factor }: { factor: SecondFactorStatus }) {
  const [open, setOpen] = useState<"enrol" | "disable" | null>(null);
  const close = () => setOpen(null);
  const { enrolledAt, recoveryCodesLeft, hasPassword } = factor;
  return (
    <Card
      title="Second factor"
      aside={
        enrolledAt !== null && (
          <Badge tone="success" icon={<Check aria-hidden />}>
            enrolled
          </Badge>
        )
      }
    >
      {enrolledAt === null ? (
        <div className="space-y-3">
          <p className="max-w-prose text-muted-foreground">
            An authenticator app on your phone shows a code that is asked for at each sign-in. Policies can demand it
            for decisions about production, and for breaking glass.
          </p>
          <Button variant="primary" onClick={() => setOpen("enrol")}>
            Set up a second factor
          </Button>
        </div>
      ) : (
        <div className="space-y-3">
          <p>
            Set up <Time at={enrolledAt} />. {recoveryWords(recoveryCodesLeft)}
          </p>
          {recoveryCodesLeft < 3 && (
            <p className="text-warning">To get new recovery codes, take the second factor away and set it up again.</p>
          )}
          <Button variant="danger" onClick={() => setOpen("disable")}>
            Take it away…
          </Button>
        </div>
      )}
      <Dialog open={open === "enrol"} onOpenChange={close} title="Set up a second factor">
        <Enrolment onDone={close} />
      </Dialog>
      <Dialog
        open={open === "disable"}
        onOpenChange={close}
        title="Take your second factor away?"
        description="The sign-in asks for nothing more than it did before. Policies that demand a second factor stop you."
      >
        <DisableFactorForm hasPassword={hasPassword} onDone={close} />
      </Dialog>
    </Card>
  );
}

function recoveryWords(left: number): string {
  return left === 0
    ? "No recovery code is left."
    : `${plural(left, "recovery code")} ${left === 1 ? "is" : "are"} left.`;
}
