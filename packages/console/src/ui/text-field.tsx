import { Field } from '@base-ui/react/field';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'date';
  readonly lines?: number;
  readonly hint?: string;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
}

export function TextField({ label, value, onChange, type = 'text', lines, hint, ...rest }: TextFieldProps) {
  return (
    <Field.Root className="field">
      <Field.Label className="label">{label}</Field.Label>
      {lines === undefined ? (
        <Field.Control
          {...rest}
          type={type}
          value={value}
          onValueChange={(next) => onChange(next)}
          className="control"
        />
      ) : (
        <Field.Control
          {...rest}
          render={<textarea rows={lines} />}
          value={value}
          onValueChange={(next) => onChange(next)}
          className="control"
        />
      )}
      {hint !== undefined && <Field.Description className="hint">{hint}</Field.Description>}
    </Field.Root>
  );
}
