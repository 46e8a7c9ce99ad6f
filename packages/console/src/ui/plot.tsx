import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import { onThemeChange } from './theme.ts';

interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Of the palette in style.css. */
  readonly colour: '--plot-1' | '--plot-2';
}

interface PlotProps {
  /** What it shows, in one line, for who cannot see it. */
  readonly summary: string;
  readonly times: readonly string[];
  readonly lines: readonly Line[];
  readonly form: 'bars' | 'lines';
  readonly shown: (value: number) => string;
}

const HEIGHT_PX = { bars: 214, lines: 180 } as const;
const HALF_HOUR_S = 1_800;
/** Steps of a scale of time, in ms, that a person counts in. */
const DURATION_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 18_000_000, 36_000_000, 86_400_000, 172_800_000,
  432_000_000, 864_000_000,
];
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A plot over time. The same numbers stand in a table below it. */
export function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const { summary, times, lines, shown } = props;
  // What is drawn changes only with these, not with every render of the page.
  const drawn = JSON.stringify([times, lines, props.form]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let plot: uPlot | undefined;
    let closed = false;
    const draw = async (): Promise<void> => {
      const { default: UPlot } = await import('./uplot.ts');
      if (closed) return;
      plot?.destroy();
      plot = new UPlot(optionsOf(UPlot, element, props), dataOf(props), element);
    };
    void draw();
    const sizes = new ResizeObserver(() =>
      plot?.setSize({ width: element.clientWidth, height: HEIGHT_PX[props.form] }),
    );
    sizes.observe(element);
    const forgetTheme = onThemeChange(() => void draw());
    return () => {
      closed = true;
      sizes.disconnect();
      forgetTheme();
      plot?.destroy();
    };
  }, [drawn]);

  return (
    <div>
      <ul className="legend" aria-hidden>
        {lines.length > 1 &&
          lines.map(({ name, colour }) => (
            <li key={name} className={colour.slice(2)}>
              {name}
            </li>
          ))}
      </ul>
      <div ref={place} className="plot" role="img" aria-label={summary} />
      <details className="numbers">
        <summary>Numbers</summary>
        <div className="scroll" tabIndex={0} role="region" aria-label={`Numbers: ${summary}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {lines.map(({ name }) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((at, row) => (
                <tr key={at}>
                  <th scope="row" title={at}>
                    {hour.format(Date.parse(at))}
                  </th>
                  {lines.map(({ name, values }) => (
                    <td key={name} className="number">
                      {shownOrDash(values[row], shown)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}

function shownOrDash(value: number | null | undefined, shown: (value: number) => string): string {
  return value === null || value === undefined ? '–' : shown(value);
}

function dataOf({ times, lines }: PlotProps): uPlot.AlignedData {
  return [times.map((at) => Date.parse(at) / 1_000), ...lines.map(({ values }) => [...values])];
}

function optionsOf(
  UPlot: typeof uPlot,
  element: HTMLElement,
  { lines, form, shown }: PlotProps,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => {
    // A canvas knows no variables; what the browser made of it is on an element.
    const probe = document.createElement('span');
    probe.className = `colour-of${name}`;
    element.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const bars = form === 'bars' ? UPlot.paths.bars?.({ size: [0.7, 40] }) : undefined;
  return {
    width: element.clientWidth,
    height: HEIGHT_PX[form],
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      // Points are drawn in the middle of their hour, so the first and the last need room.
      x: { range: (_, min, max) => [min - HALF_HOUR_S, max + HALF_HOUR_S] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 60,
        values: (_, splits) => splits.map((second) => hour.format(second * 1_000)),
      },
      {
        ...axis,
        size: 62,
        values: (_, splits) => splits.map(shown),
        ...(form === 'lines' ? { incrs: DURATION_STEPS } : {}),
      },
    ],
    series: [
      {},
      ...lines.map((line): uPlot.Series => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 2,
        // A line between two hours says nothing of one that stands alone.
        points: { show: form === 'lines', size: 7, fill: colour(line.colour) },
        spanGaps: false,
        ...(bars === undefined ? {} : { fill: colour(line.colour), paths: bars, width: 0 }),
      })),
    ],
  };
}
