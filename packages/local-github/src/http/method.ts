export type Method = "get" | "post" | "put" | "patch" | "delete";
