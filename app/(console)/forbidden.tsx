import { InsteadOfPage } from "#app/_ui/instead-of-page.tsx";

/** Inside the shell: a page that the person's role does not open. */
export default function Forbidden() {
  return (
    <InsteadOfPage title="Your role does not open this page" also={{ href: "/account", label: "Account" }}>
      An admin of the project can give you another role. Your account shows which one you have now.
    </InsteadOfPage>
  );
}
