import { ROLES, type Role } from "#lib/auth/scopes.ts";

const ROLE_WORDS: Record<Role, string> = {
  viewer: "Reads everything in the project, and predicts.",
  member: "Also trains, logs, registers versions and asks for approvals.",
  reviewer: "Also decides on requests, and reads the audit log.",
  admin: "Also manages members, keys and policies.",
};

/** The choice of a role, each with what it adds to the one before. The form gets it as `role`. */
export function RoleField({ chosen = "viewer" }: { chosen?: Role }) {
  return (
    <fieldset className="space-y-1">
      <legend className="mb-1 text-sm font-medium">Role</legend>
      {ROLES.map((role) => (
        <label
          key={role}
          className="flex cursor-pointer items-start gap-2.5 rounded-md border border-border px-3 py-2 hover:bg-muted has-checked:border-primary has-checked:bg-accent has-checked:text-accent-foreground"
        >
          <input
            type="radio"
            name="role"
            value={role}
            defaultChecked={role === chosen}
            className="mt-0.5 accent-primary"
          />
          <span>
            <span className="block font-medium">{role}</span>
            <span className="block text-xs">{ROLE_WORDS[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The role that a form holds. */
export function roleIn(form: FormData): Role {
  return ROLES.find((role) => role === form.get("role")) ?? "viewer";
}
