export { userDataFor } from "./boot/user-data.ts";
export { type Api, createApi, HETZNER_ENDPOINT } from "./client.ts";
export { failureOf, HetznerError } from "./failure.ts";
export { listServerTypes, type Offer, offersFor, type ServerType } from "./offers.ts";
export { addressPrice, ensureFirewall, findImage } from "./project.ts";
export {
  createServer,
  deleteServer,
  findAction,
  type Labels,
  listServers,
  type NewServer,
  powerOn,
  rebuildServer,
  type Server,
} from "./servers.ts";
