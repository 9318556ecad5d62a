import type { Metadata } from "next";
import { nameOfPath } from "#app/(console)/models/[name]/name-of-path.ts";
import { readVersion } from "#app/(console)/models/[name]/versions/[version]/read-version.ts";

type Props = LayoutProps<"/models/[name]/versions/[version]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const address = await params;
  // A 404 page has a title too; that it is one, the layout says.
  const found = await readVersion(nameOfPath(address), address.version).catch(() => null);
  return { title: found === null ? "Not found" : `${found.modelName} ${found.version}` };
}

/** Outside the skeleton's boundary, so that a version that is not there is a 404. */
export default async function VersionLayout({ children, params }: Props) {
  const address = await params;
  await readVersion(nameOfPath(address), address.version);
  return children;
}
