import Link from "next/link";

export const TABS = ["overview", "card", "approvals", "reproduce"] as const;
type Tab = (typeof TABS)[number];
const WORDS: Record<Tab, string> = {
  overview: "Overview",
  card: "Model card",
  approvals: "Approvals",
  reproduce: "Reproduce",
};

export function VersionTabs({ base, tab }: { base: string; tab: Tab }) {
  return (
    <nav aria-label="Parts of the version" className="flex gap-1 overflow-x-auto border-b border-border">
      {TABS.map((one) => (
        <Link
          key={one}
          href={one === "overview" ? base : `${base}?tab=${one}`}
          aria-current={one === tab ? "page" : undefined}
          className="-mb-px flex h-9 items-center border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted-foreground outline-offset-[-2px] hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground"
        >
          {WORDS[one]}
        </Link>
      ))}
    </nav>
  );
}
