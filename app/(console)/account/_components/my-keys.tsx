"use client";
import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { KeyTable } from "#app/(console)/settings/keys/_components/key-table.tsx";
import { holds } from "#app/(console)/settings/keys/key-state.ts";
import type { ApiKeySummary } from "#lib/auth/schemas.ts";

/** One's own keys in this project that hold. */
export function MyKeys({ keys, project }: { keys: readonly ApiKeySummary[]; project: string }) {
  const open = keys.filter(holds);
  return (
    <Card
      title={`Your keys in ${project}`}
      flush
      aside={
        <Button asChild size="sm">
          <Link href="/settings/keys">All keys</Link>
        </Button>
      }
    >
      {open.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted-foreground">
          No key of yours holds here. A script or notebook gets one under{" "}
          <Link href="/settings/keys" className="text-primary underline">
            Keys
          </Link>
          .
        </p>
      ) : (
        <KeyTable keys={open} showOwner={false} framed={false} />
      )}
    </Card>
  );
}
