"use client";
import { PageError } from "#app/_ui/page-error.tsx";

export default function PageFailed({ error, retry }: { error: unknown; retry: () => void }) {
  return <PageError error={error} retry={retry} what="The page" />;
}
