"use server";
import { cookies } from "next/headers";
import { z } from "zod";

const Look = z.union([
  z.tuple([z.literal("assay_theme"), z.enum(["system", "light", "dark"])]),
  z.tuple([z.literal("assay_sidebar"), z.enum(["open", "folded"])]),
]);

/** Keeps a choice about the look in a cookie of this browser for a year, and nowhere else. */
export async function rememberLook(...choice: z.infer<typeof Look>): Promise<void> {
  const [name, value] = Look.parse(choice);
  (await cookies()).set(name, value, { path: "/", maxAge: 31_536_000, sameSite: "lax", httpOnly: true });
}
