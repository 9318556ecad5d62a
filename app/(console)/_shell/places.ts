import { Braces, Database, FlaskConical, House, type LucideIcon, Package, PenLine } from "lucide-react";

/** The rooms of the console, in the order of the sidebar. `key` follows G. */
export const PLACES: readonly { href: string; label: string; icon: LucideIcon; key: string }[] = [
  { href: "/", label: "Home", icon: House, key: "h" },
  { href: "/runs", label: "Runs", icon: FlaskConical, key: "r" },
  { href: "/models", label: "Models", icon: Package, key: "m" },
  { href: "/datasets", label: "Datasets", icon: Database, key: "d" },
  { href: "/draw", label: "Draw", icon: PenLine, key: "w" },
  { href: "/api-reference", label: "API", icon: Braces, key: "a" },
];

/** `/runs/ab` belongs to Runs; only `/` itself to Home. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
