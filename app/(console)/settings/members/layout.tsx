import type { Metadata } from "next";
import { requirePageScope } from "#app/_live/require-scope.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersLayout({ children }: LayoutProps<"/settings/members">) {
  await requirePageScope("admin");
  return children;
}
