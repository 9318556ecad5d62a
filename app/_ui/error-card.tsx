import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** What went wrong, the id to find it by, and what to do now. */
export function ErrorCard(props: {
  title: string;
  /** The page's heading where the card is all there is on it. */
  heading?: "h1" | "h2";
  id?: string | undefined;
  children: ReactNode;
  action?: ReactNode;
}) {
  const Heading = props.heading ?? "h2";
  return (
    <div role="alert" className="rounded-lg border border-danger bg-danger-muted p-4">
      <Heading className="flex items-center gap-2 font-semibold text-danger">
        <TriangleAlert className="size-4" aria-hidden />
        {props.title}
      </Heading>
      <div className="mt-2 max-w-prose space-y-2 break-words text-foreground">{props.children}</div>
      {props.id !== undefined && (
        <p className="mt-2 text-xs text-foreground">
          Reference <code className="font-mono">{props.id}</code>
        </p>
      )}
      {props.action !== undefined && <div className="mt-3 flex flex-wrap gap-2">{props.action}</div>}
    </div>
  );
}
