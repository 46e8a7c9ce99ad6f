import { Field } from '@base-ui/react/field';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'date';
  readonly inputMode?: 'decimal';
  readonly lines?: number;
  readonly hint?: string;
  /** What is wrong with what was typed, and how it would be right. */
  readonly problem?: string | undefined;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, type = 'text', lines, hint, problem, ...rest } = props;
  return (
    <Field.Root className="field" invalid={problem !== undefined}>
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
      {problem !== undefined && (
        <Field.Error className="hint bad-text" match>
          {problem}
        </Field.Error>
      )}
      {hint !== undefined && <Field.Description className="hint">{hint}</Field.Description>}
    </Field.Root>
  );
}
