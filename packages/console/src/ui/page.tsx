import { useEffect, useRef, type ReactNode } from 'react';

interface PageProps {
  readonly title: string;
  /** Beside the title. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

let isFirst = true;

/** A page of the console. Coming to another one moves the focus to its title, so that it is read and the next Tab is in it. */
export function Page({ title, beside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Agrenting HiClaw`;
    if (!isFirst) heading.current?.focus();
    isFirst = false;
    scrollTo(0, 0);
  }, [title]);
  return (
    <>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
      </div>
      {children}
    </>
  );
}

export function Card({
  title,
  children,
  className = '',
}: {
  readonly title?: string;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <section className={`card ${className}`}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** For a viewer, where there is nothing but something to do. */
export function ReadOnlyNote() {
  return <p className="dim">You have read-only access. Log in with an operator token.</p>;
}

/** A fact and its name. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
