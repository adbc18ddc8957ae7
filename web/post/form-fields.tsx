import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { createContext, useContext } from "react";
import type { FormField, PostingForm } from "./posting-form.ts";

/** The form that the fields below it show and change. */
export interface FormControl {
  readonly form: PostingForm;
  readonly change: (part: Partial<PostingForm>) => void;
  readonly problems: Partial<Record<FormField, string>>;
  /** Whether a field's problem is shown yet: after it was visited, or once posting was tried. */
  readonly isShown: (field: FormField) => boolean;
  readonly visit: (field: FormField) => void;
}

/** Given by the page. */
export const FormContext = createContext<FormControl | null>(null);

/** The form around this component. */
export function useForm(): FormControl {
  const control = useContext(FormContext);
  if (control === null) throw new RangeError("a field outside of its form");
  return control;
}

/** Fields that hold text. */
type TextField = {
  [F in FormField]: PostingForm[F] extends string ? F : never;
}[FormField];

interface FieldProperties {
  readonly field: TextField;
  readonly label: string;
  /** What the choice changes, in plain words. */
  readonly why: string;
}

function useField(field: TextField) {
  const { form, change, problems, isShown, visit } = useForm();
  return {
    value: form[field],
    error: isShown(field) ? problems[field] : undefined,
    onBlur: () => visit(field),
    set: (value: string) => change({ [field]: value }),
    "data-field": field,
  };
}

/** A field to type in, with its problem and its reason below. */
export function TextFieldInput({
  field,
  label,
  why,
  unit,
  isLong = false,
}: FieldProperties & { readonly unit?: string; readonly isLong?: boolean }) {
  const { set, ...properties } = useField(field);
  if (isLong) {
    return (
      <Textarea
        {...properties}
        label={label}
        description={why}
        minRows={3}
        autosize={false}
        rows={3}
        onChange={(event) => set(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...properties}
      label={unit === undefined ? label : `${label} (${unit})`}
      description={why}
      autoComplete="off"
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** A field to choose in. */
export function ChoiceInput({
  field,
  label,
  why,
  choices,
}: FieldProperties & { readonly choices: readonly { value: string; label: string }[] }) {
  const { set, ...properties } = useField(field);
  return (
    <NativeSelect
      {...properties}
      label={label}
      description={why}
      data={[...choices]}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
