import { FileInput, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { Failure } from "../loaded-view.tsx";
import { useForm } from "./form-fields.tsx";
import { formOfFile } from "./read-project-file.ts";

/** Takes manifest.json and terms.json of a folder that `owner init` made. */
export function ProjectFilesInput() {
  const { form, change } = useForm();
  const [error, setError] = useState<unknown>(null);
  const read = async (files: File[]) => {
    setError(null);
    try {
      let next = form;
      for (const file of files) next = formOfFile(next, await file.text());
      change(next);
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <Group component="details">
      <Text component="summary" size="sm">
        Already made with commonweight owner init? Take its files
      </Text>
      <Stack gap="xs" mt="xs">
        <FileInput
          multiple
          clearable={false}
          accept=".json,application/json"
          label="Manifest and terms"
          description="Pick manifest.json and terms.json. They are read here and sent nowhere."
          placeholder="Pick files"
          onChange={(files) => void read(files)}
        />
        {error instanceof CommonweightError && <Failure error={error} />}
      </Stack>
    </Group>
  );
}
