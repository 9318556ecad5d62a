import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** What the lists of the settings keep in the address. */
export const listSearch = {
  q: parseAsString.withDefault(""),
};
export const loadListSearch = createLoader(listSearch);

export const MEMBER_TABS = ["members", "invitations", "service-accounts"] as const;
export const memberSearch = { tab: parseAsStringLiteral(MEMBER_TABS).withDefault("members") };

/** `show`: whether keys that hold no longer are listed too; `owner`: only those of this account, by its id. */
export const keySearch = {
  ...listSearch,
  show: parseAsStringLiteral(["open", "all"]).withDefault("open"),
  owner: parseAsString.withDefault(""),
};
export const loadKeySearch = createLoader(keySearch);

/** `notices`: where a page of the notices that were given up begins. */
export const loadNoticeSearch = createLoader({ notices: parseAsString.withDefault("") });
