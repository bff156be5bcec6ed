import { generate } from "selfsigned";

/** A certificate and its private key, each as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What the tests of TLS need, all signed by one certificate authority unless said otherwise. */
export interface Certificates {
  readonly ca: Certificate;
  /** For 127.0.0.1, ::1 and localhost. */
  readonly server: Certificate;
  /** For a host that nobody here is called. */
  readonly wrongHost: Certificate;
  /** For the right host, but of yesterday. */
  readonly expired: Certificate;
  /** For a user of the given name to log in with. */
  readonly client: Certificate;
  /** An authority that signed none of the others. */
  readonly otherCa: Certificate;
}

type Options = NonNullable<Parameters<typeof generate>[1]>;
type AltName = { type: 2; value: string } | { type: 7; ip: string };

const DAY = 24 * 60 * 60 * 1000;
const HERE: AltName[] = [
  { type: 2, value: "localhost" },
  { type: 7, ip: "127.0.0.1" },
  { type: 7, ip: "::1" },
];

/**
 * Makes an authority and certificates that it signed, all new.
 * @param clientUser the database user whom the client certificate is for
 */
export async function makeCertificates(clientUser = "app"): Promise<Certificates> {
  const ca = await makeAuthority("Roster test authority");
  const [server, wrongHost, expired, client, otherCa] = await Promise.all([
    makeCertificate("localhost", { ca, extensions: serverExtensions(HERE) }),
    makeCertificate("db.elsewhere.example", {
      ca,
      extensions: serverExtensions([{ type: 2, value: "db.elsewhere.example" }]),
    }),
    makeCertificate("localhost", {
      ca,
      extensions: serverExtensions(HERE),
      notBeforeDate: new Date(Date.now() - 2 * DAY),
      notAfterDate: new Date(Date.now() - DAY),
    }),
    makeCertificate(clientUser, { ca, extensions: [{ name: "extKeyUsage", clientAuth: true }] }),
    makeAuthority("Another authority"),
  ]);
  return { ca, server, wrongHost, expired, client, otherCa };
}

function makeAuthority(name: string): Promise<Certificate> {
  return makeCertificate(name, {
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

function serverExtensions(altNames: AltName[]): NonNullable<Options["extensions"]> {
  return [
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames },
  ];
}

async function makeCertificate(commonName: string, options: Options): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    algorithm: "sha256",
    // A clock that is a little behind must not refuse a new certificate.
    notBeforeDate: new Date(Date.now() - DAY),
    ...options,
  });
  return { cert: made.cert, key: made.private };
}
