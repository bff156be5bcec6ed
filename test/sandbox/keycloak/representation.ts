/*
 * The part of Keycloak's RealmRepresentation that tests make realms of. A real Keycloak imports it as it stands
 * (POST /admin/realms), and the sandbox reads the same text.
 */

/** A realm to import. */
export interface RealmRepresentation {
  readonly realm: string;
  readonly enabled: true;
  /** Seconds. Keycloak's default: 300. */
  readonly accessTokenLifespan?: number;
  readonly duplicateEmailsAllowed?: boolean;
  readonly loginWithEmailAllowed?: boolean;
  readonly users?: readonly UserRepresentation[];
  readonly groups?: readonly GroupRepresentation[];
  readonly clients?: readonly ClientRepresentation[];
  /** Only for the real one: which attributes of users it keeps and shows. */
  readonly components?: unknown;
}

/** A user to import. */
export interface UserRepresentation {
  readonly username: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly enabled: boolean;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** Paths of groups. */
  readonly groups?: readonly string[];
  /** This is the account of a client. */
  readonly serviceAccountClientId?: string;
  /** Roles, by client. */
  readonly clientRoles?: Readonly<Record<string, readonly string[]>>;
}

/** A group to import. */
export interface GroupRepresentation {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly subGroups?: readonly GroupRepresentation[];
}

/** A client to import. */
export interface ClientRepresentation {
  readonly clientId: string;
  readonly secret?: string;
  readonly enabled?: boolean;
  readonly publicClient: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A client with a service account that has some roles of the realm, as people set it up for reading. */
export function serviceClient(
  clientId: string,
  secret: string,
  roles: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
): { client: ClientRepresentation; user: UserRepresentation } {
  return {
    client: { clientId, secret, publicClient: false, serviceAccountsEnabled: true, attributes },
    user: {
      username: `service-account-${clientId}`,
      enabled: true,
      serviceAccountClientId: clientId,
      clientRoles: { "realm-management": roles },
    },
  };
}

/** The user profile that shows every attribute to administrators; a real Keycloak drops those that it does not know. */
export const OPEN_PROFILE = {
  "org.keycloak.userprofile.UserProfileProvider": [
    {
      providerId: "declarative-user-profile",
      config: {
        "kc.user.profile.config": [
          JSON.stringify({
            unmanagedAttributePolicy: "ENABLED",
            attributes: ["username", "email", "firstName", "lastName"].map((name) => ({
              name,
              permissions: { view: ["admin", "user"], edit: ["admin", "user"] },
            })),
          }),
        ],
      },
    },
  ],
};
