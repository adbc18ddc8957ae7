import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { type PickedTable, SampleInput } from "../rehearsal/sample-input.tsx";
import { ChoiceInput, TextFieldInput, useForm } from "./form-fields.tsx";
import { ProjectFilesInput } from "./project-files-input.tsx";

const models = [
  { value: "logistic", label: "logistic: linear, quick to prove" },
  { value: "mlp", label: "perceptron: one hidden layer" },
  { value: "cnn", label: "convolutional: for small images" },
];

function PickedManifest({ manifest }: { manifest: Manifest | undefined }) {
  const { change } = useForm();
  return (
    <Alert color="blue" title="From a manifest file">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {manifest === undefined
            ? "The file is not a sound manifest; see below."
            : `“${manifest.title}”: the model, training and data are as the file says.`}
        </Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => change({ model: "logistic", manifestText: "" })}
        >
          Describe it here instead
        </Button>
      </Stack>
    </Alert>
  );
}

function DataFields() {
  const { form, change } = useForm();
  if (form.dataText !== "") {
    const data = JSON.parse(form.dataText) as Manifest["data"];
    return (
      <Alert color="blue" title="As your data file says">
        <Stack gap="xs" align="flex-start">
          <Text size="sm">
            {data.inputShape.join(" × ")} numbers a sample; classes {data.classes?.join(", ")}.
            {data.table &&
              ` Columns ${data.table.columns.join(", ")}; class in ${data.table.target}.`}
          </Text>
          <Button
            size="xs"
            variant="default"
            onClick={() => change({ dataText: "", tableRows: "" })}
          >
            Type it instead
          </Button>
        </Stack>
      </Alert>
    );
  }
  return (
    <>
      {form.model === "cnn" ? (
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <TextFieldInput field="channels" label="Channels" why="1 for grey, 3 for colour." />
          <TextFieldInput field="height" label="Height" why="In pixels." />
          <TextFieldInput field="width" label="Width" why="In pixels." />
        </SimpleGrid>
      ) : (
        <TextFieldInput
          field="features"
          label="Numbers in a sample"
          why="How many numbers describe one sample: the columns of your table without the class, or 784 for a 28 × 28 image."
        />
      )}
      <TextFieldInput
        field="classes"
        label="Classes"
        why="Names of what the model tells apart, separated by commas. Trainers' labels count from 0 in this order."
      />
    </>
  );
}

/** What is learned: title, model, data and local training. */
export function LearningSection({
  manifest,
  parameterCount,
  table,
  onTable,
}: {
  manifest: Manifest | undefined;
  parameterCount: number | undefined;
  table: PickedTable | undefined;
  onTable: (table: PickedTable | undefined) => void;
}) {
  const { form, problems } = useForm();
  return (
    <Card withBorder component="section" aria-labelledby="post-learning">
      <Stack>
        <Title order={2} size="h4" id="post-learning">
          What is learned
        </Title>
        {form.model === "file" ? (
          <>
            <PickedManifest manifest={manifest} />
            {problems.manifestText && <Alert color="red">{problems.manifestText}</Alert>}
          </>
        ) : (
          <>
            <SampleInput table={table} onTable={onTable} />
            <TextFieldInput field="title" label="Title" why="What trainers see in the list." />
            <TextFieldInput
              isLong
              field="description"
              label="Description"
              why="What kind of samples a trainer needs, and what the model is for."
            />
            <ChoiceInput
              field="model"
              label="Model"
              why="Start small: a later project can go on from this one's result. The logistic one is a good start for tables."
              choices={models}
            />
            <DataFields />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextFieldInput
                field="samplesEach"
                label="Samples of a trainer"
                why="About how many one trainer has: decides how many steps everybody takes in a round."
              />
              <TextFieldInput
                field="learningRate"
                label="Learning rate"
                why="How far one step goes. 0.1 suits normalised tables and small images."
              />
            </SimpleGrid>
            <Group component="details">
              <Text component="summary" size="sm">
                Numbers of the proof (measured for you by the rehearsal below)
              </Text>
              <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs">
                <TextFieldInput
                  field="clipNorm"
                  label="Longest update"
                  why="Longer ones are shortened to this; four times it costs the stake."
                />
                <TextFieldInput
                  field="fractionBits"
                  label="Fraction bits"
                  why="Fineness of the integers that are proven."
                />
                <TextFieldInput
                  field="ditherBits"
                  label="Dither bits"
                  why="Noise below that, against forged coordinates."
                />
              </SimpleGrid>
            </Group>
          </>
        )}
        {parameterCount !== undefined && (
          <Text size="sm" data-parameters={parameterCount}>
            The model has {parameterCount.toLocaleString("en")} parameters; proving a round takes
            time in proportion to them.
          </Text>
        )}
        <ProjectFilesInput />
      </Stack>
    </Card>
  );
}
