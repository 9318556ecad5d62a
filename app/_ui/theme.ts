/** How the page looks: as the browser prefers, or by choice. The choice is a cookie, so that the server renders it. */
export type Theme = "system" | "light" | "dark";

export function themeOf(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}
