"use client";
import { CircleUser, LogOut, UserCog } from "lucide-react";
import { signOut } from "next-auth/react";
import { useState } from "react";
import {
  DropdownMenu,
  DropdownMenuChoice,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuLink,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#app/_ui/dropdown-menu.tsx";
import { rememberLook } from "#app/_ui/remember-look.ts";
import { type Theme, themeOf } from "#app/_ui/theme.ts";

const THEMES: readonly [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function UserMenu(props: { user: { name: string; email: string }; theme: Theme; folded: boolean }) {
  const [theme, setTheme] = useState(props.theme);
  const choose = (value: string) => {
    const next = themeOf(value);
    setTheme(next);
    void rememberLook("assay_theme", next);
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Account of ${props.user.name}`}
        className="flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-left hover:bg-muted"
      >
        <CircleUser className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        {!props.folded && <span className="truncate">{props.user.name}</span>}
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start">
        <DropdownMenuLabel>{props.user.email}</DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuChoice title="Theme" value={theme} onValueChange={choose}>
          {THEMES.map(([value, label]) => (
            <DropdownMenuRadioItem key={value} value={value}>
              {label}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuChoice>
        <DropdownMenuLink href="/account">
          <UserCog aria-hidden />
          Account
        </DropdownMenuLink>
        <DropdownMenuItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
