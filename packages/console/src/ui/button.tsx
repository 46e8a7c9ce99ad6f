import { Button as BaseButton } from '@base-ui/react/button';
import type { ReactNode } from 'react';

interface ButtonProps {
  readonly children: ReactNode;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly type?: 'button' | 'submit';
  readonly onClick?: () => void;
  readonly 'aria-label'?: string;
  readonly 'aria-expanded'?: boolean;
  readonly 'aria-controls'?: string;
}

/** A button. One that waits keeps the focus, so that the keyboard is not lost. */
export function Button({ kind = 'plain', small = false, type = 'button', ...rest }: ButtonProps) {
  return (
    <BaseButton
      {...rest}
      type={type}
      focusableWhenDisabled
      className={`button ${kind}${small ? ' small' : ''}`}
    />
  );
}
