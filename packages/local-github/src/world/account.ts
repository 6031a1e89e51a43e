export type AccountType = "User" | "Organization" | "Bot";
export type Role = "admin" | "maintain" | "write" | "triage" | "read";

export interface Account {
  id: number;
  nodeId: string;
  login: string;
  name: string | null;
  type: AccountType;
  createdAt: string;
  /** Organizations only: members and whether each is an owner. */
  members: Map<number, "owner" | "member">;
}
