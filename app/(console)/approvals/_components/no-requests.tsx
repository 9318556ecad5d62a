"use client";
import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import type { View } from "#app/(console)/approvals/search.ts";

/** Why a list is empty, and what to do next. */
export function NoRequests(props: {
  view: View;
  filtered: boolean;
  isProtected: boolean;
  isAdmin: boolean;
  onClear(): void;
  onView(view: View): void;
}) {
  const { view, filtered, isProtected, isAdmin, onClear, onView } = props;
  if (filtered) {
    return (
      <EmptyState title="No request matches">
        <p>Nothing in this list fits the filter.</p>
        <Button onClick={onClear}>Show the whole list</Button>
      </EmptyState>
    );
  }
  if (!isProtected) {
    return (
      <EmptyState title="Nothing is protected yet">
        <p>
          Whoever may register models moves them into Production at once. A policy makes that wait for the people whom
          it names.
        </p>
        {isAdmin ? (
          <Button asChild variant="primary">
            <Link href="/settings/policies/edit">Protect Production</Link>
          </Button>
        ) : (
          <p>An admin saves policies.</p>
        )}
      </EmptyState>
    );
  }
  if (view === "waiting") {
    return (
      <EmptyState title="Nothing waits for you">
        <p>A request stands here once your review can count for it and is missing.</p>
        <Button onClick={() => onView("open")}>Show all open requests</Button>
      </EmptyState>
    );
  }
  if (view === "due") {
    return (
      <EmptyState title="Every break-glass was looked at">
        <p>What was approved in an emergency stands here until somebody else has judged it.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={view === "decided" ? "Nothing was decided yet" : "No requests"}>
      <p>A version's “Stage” menu asks for approval where a policy protects the stage.</p>
      <Button asChild>
        <Link href="/models">Models</Link>
      </Button>
    </EmptyState>
  );
}
