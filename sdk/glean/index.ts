export type { Connection, ConnectionSettings } from "./connection.js";
export { Directory, type DirectoryArgs, type DirectoryPerson, type Records, type Skipped } from "./directory.js";
export type {
  AdditionalField,
  DatasourceProfile,
  PersonFields,
  PersonTeam,
  Relationship,
  SocialNetwork,
  StructuredLocation,
  TeamEmail,
  TeamFields,
  TeamMember,
} from "./fields.js";
export { Person, type PersonArgs } from "./person.js";
export { Team, type TeamArgs } from "./team.js";
