/*
 * People as a company has them, made up by number: the same number is always the same person.
 */

const FIRST = ["Ana", "Rui", "Mei", "Chidi", "Ingrid", "Tomás", "Yuki", "Fatima", "Lars", "Noor", "Aoife", "Zoë"];
const LAST = [
  "Lima",
  "Reis",
  "Chen",
  "Okafor",
  "Berg",
  "Novák",
  "Tanaka",
  "Haddad",
  "Nilsson",
  "Khan",
  "Byrne",
  "Meyer",
];
const DEPARTMENTS = ["Engineering", "Sales", "Data", "Finance", "People", "Support", "Legal"];
const CITIES = ["Porto", "São Paulo", "Berlin", "Kyoto", "Lagos", "Cork"];

/** A person by number. `edition` changes the title of everybody whose number it is told of. */
export function person(number: number, edition = 0): Record<string, unknown> {
  const first = FIRST[number % FIRST.length] ?? "";
  const last = LAST[Math.floor(number / FIRST.length) % LAST.length] ?? "";
  const plain = `${first}.${last}`
    .normalize("NFD")
    .replace(/[^a-zA-Z.]/g, "")
    .toLowerCase();
  return {
    source: `f3b1c2d4-0000-4000-8000-${String(number).padStart(12, "0")}`,
    email: `${plain}.${String(number)}@example.com`,
    firstName: first,
    lastName: last,
    department: DEPARTMENTS[number % DEPARTMENTS.length],
    title: `Specialist ${String(number % 97)}${edition === 0 ? "" : `, edition ${String(edition)}`}`,
    managerEmail: `ana.lima.${String(Math.floor(number / 10))}@example.com`,
    phoneNumber: `+351 21 ${String(1_000_000 + number)}`,
    startDate: `20${String(10 + (number % 15))}-0${String(1 + (number % 9))}-15`,
    structuredLocation: { city: CITIES[number % CITIES.length], countryCode: "PT" },
    employeeId: `E${String(number)}`,
    alsoKnownAs: [`${first} ${last.slice(0, 1)}.`],
  };
}

/** People one after the other, without ever being all in memory; of every hundred the first is of this edition. */
export function* people(count: number, edition = 0): Generator<Record<string, unknown>> {
  for (let number = 0; number < count; number += 1) yield person(number, number % 100 === 0 ? edition : 0);
}
