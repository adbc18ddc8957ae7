import { seededRandom } from "../../services/learning/random.ts";

/** A table as people have them: an identifier, a column of text, and missing cells. */
export function cropsTable(rows: number): string {
  const random = seededRandom("crops");
  const lines = Array.from({ length: rows }, (_, i) => {
    const grade = Math.floor(3 * random());
    const tilt = i % 40 === 0 ? "" : (random() - grade).toFixed(3);
    const colour = random() < 0.5 ? "red" : "blue, light";
    return `c${i},${(grade + random()).toFixed(3)},${tilt},"${colour}",${["low", "mid", "high"][grade]}`;
  });
  return `customer_id,height,tilt,colour,grade\n${lines.join("\n")}\n`;
}
