import { Select } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { useId } from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  /** Shown while nothing is chosen. */
  readonly placeholder?: string;
  /** What is wrong with what is chosen. */
  readonly problem?: string | undefined;
}

/** One of several, behind a button. */
export function Choice({ label, value, options, onChange, placeholder, problem }: ChoiceProps) {
  const id = useId();
  const problemId = useId();
  const isOpen = placeholder !== undefined && value === '';
  const items =
    isOpen || options.some((option) => option.value === value)
      ? options
      : [...options, { value, label: value }];
  return (
    <div className="field">
      <span className="label" id={id}>
        {label}
      </span>
      <Select.Root items={items} value={isOpen ? null : value} onValueChange={(next) => onChange(next ?? '')}>
        <Select.Trigger
          className="control select"
          aria-labelledby={id}
          aria-invalid={problem === undefined ? undefined : true}
          aria-describedby={problem === undefined ? undefined : problemId}
        >
          <Select.Value className="select-value" placeholder={placeholder} />
          <Select.Icon className="select-icon">
            <ChevronDown aria-hidden size={16} />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Positioner className="layer" sideOffset={4} alignItemWithTrigger={false}>
            <Select.Popup className="popup" aria-labelledby={id}>
              {items.map((option) => (
                <Select.Item key={option.value} value={option.value} className="option">
                  <Select.ItemText>{option.label}</Select.ItemText>
                  <Select.ItemIndicator className="option-mark">
                    <Check aria-hidden size={14} />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
      {problem !== undefined && (
        <p className="hint bad-text" id={problemId}>
          {problem}
        </p>
      )}
    </div>
  );
}
