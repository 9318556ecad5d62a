import type { Metadata } from "next";
import { requirePageScope } from "#app/_live/require-scope.ts";

export const metadata: Metadata = { title: "People" };

/** Outside the skeleton's boundary, so that the refusal is a status and not a page that changes its mind. */
export default async function PeopleLayout({ children }: LayoutProps<"/settings/people">) {
  await requirePageScope("instance");
  return children;
}
