import { Button } from "@mantine/core";
import type { FormReading } from "./read-posting-form.ts";

/** Offers a text to be saved, without a server. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Saves manifest and terms, as `owner post --manifest --terms` takes them. */
export function SaveFiles({ reading: { manifest, termsText } }: { reading: FormReading }) {
  return (
    <>
      <Button
        variant="default"
        disabled={manifest === undefined}
        onClick={() => save("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`)}
      >
        Save manifest
      </Button>
      <Button
        variant="default"
        disabled={termsText === undefined}
        onClick={() => save("terms.json", `${termsText}\n`)}
      >
        Save terms
      </Button>
    </>
  );
}
