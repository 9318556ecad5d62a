import {
  Braces,
  Database,
  FlaskConical,
  FolderTree,
  House,
  KeyRound,
  type LucideIcon,
  Package,
  PenLine,
  Route,
  ScrollText,
  ShieldCheck,
  Stamp,
  UserCog,
  Users,
  Waypoints,
} from "lucide-react";
import { hasScope, type Scope } from "#lib/auth/scopes.ts";

interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Follows G. */
  key: string;
  /** Shown to those who have it; to everybody when absent. */
  scope?: Scope;
}

/** The rooms of the console, in the order of the sidebar. */
export const PLACES: readonly Place[] = [
  { href: "/", label: "Home", icon: House, key: "h" },
  { href: "/runs", label: "Runs", icon: FlaskConical, key: "r" },
  { href: "/traces", label: "Traces", icon: Waypoints, key: "t" },
  { href: "/models", label: "Models", icon: Package, key: "m" },
  { href: "/deployments", label: "Deployments", icon: Route, key: "p" },
  { href: "/approvals", label: "Approvals", icon: Stamp, key: "a" },
  { href: "/datasets", label: "Datasets", icon: Database, key: "d" },
  { href: "/draw", label: "Draw", icon: PenLine, key: "w" },
  { href: "/api-reference", label: "API", icon: Braces, key: "i" },
];

/** Who may do what: of the project, then of the instance. */
const SETTINGS: readonly Place[] = [
  { href: "/settings/keys", label: "Keys", icon: KeyRound, key: "k" },
  { href: "/settings/policies", label: "Policies", icon: ScrollText, key: "y" },
  { href: "/audit", label: "Audit log", icon: ShieldCheck, key: "l", scope: "audit:read" },
  { href: "/settings/members", label: "Members", icon: Users, key: "e", scope: "admin" },
  { href: "/settings/projects", label: "Projects", icon: FolderTree, key: "o", scope: "instance" },
  { href: "/settings/people", label: "People", icon: UserCog, key: "u", scope: "instance" },
];

/** The settings that these scopes open. */
export function settingsFor(scopes: readonly string[]): readonly Place[] {
  return SETTINGS.filter(({ scope }) => scope === undefined || hasScope(scopes, scope));
}

/** `/runs/ab` belongs to Runs; only `/` itself to Home. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
