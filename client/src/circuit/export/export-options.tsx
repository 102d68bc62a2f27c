import type { ExportFormat, ExportOptions } from '@loupe/shared';
import type { ReactNode } from 'react';
import { setOptions, useExport } from './export-state.ts';
import { isDrawing, isPicture } from './formats.ts';

interface Choice<T extends string> {
  value: T;
  label: string;
  disabled?: boolean;
}

/** One of a few, as buttons side by side. */
function Choices<T extends string>(props: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="export-choices">
      <legend>{props.label}</legend>
      {props.choices.map(({ value, label, disabled = false }) => (
        <label key={value}>
          <input
            type="radio"
            name={props.label}
            value={value}
            checked={props.value === value}
            disabled={disabled}
            onChange={() => props.onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is what it is given
    <label className="export-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

type Width = 'column' | 'page' | 'own';
const FIRST_WIDTH = 360;

/** How a graph is exported; only what makes a difference to the format is asked. */
export function ExportChoices({ format, anyPins }: { format: ExportFormat; anyPins: boolean }) {
  const options = useExport((state) => state.options);
  const { what = 'graph', theme = 'light', width = 'page', scale = 3, title = '' } = options;
  // As the exporters have it where nothing is said.
  const held = options.data ?? (format === 'json' ? 'all' : 'shown');
  return (
    <>
      {isDrawing(format) && (
        <Choices
          label="what"
          value={what}
          choices={[
            { value: 'graph', label: 'the graph as it is shown' },
            { value: 'pinned', label: 'the pinned circuit', disabled: !anyPins },
          ]}
          onChange={(value) => setOptions({ what: value })}
        />
      )}
      {isPicture(format) && (
        <>
          <Choices
            label="theme"
            value={theme}
            choices={[
              { value: 'light', label: 'light' },
              { value: 'dark', label: 'dark' },
            ]}
            onChange={(value) => setOptions({ theme: value })}
          />
          <Choices<Width>
            label="width"
            value={typeof width === 'number' ? 'own' : width}
            choices={[
              { value: 'column', label: 'column, 3.25 in' },
              { value: 'page', label: 'page, 6.75 in' },
              { value: 'own', label: 'other' },
            ]}
            onChange={(value) => setOptions({ width: value === 'own' ? FIRST_WIDTH : value })}
          />
          {typeof width === 'number' && (
            <Field label="points">
              <input
                type="number"
                className="field"
                min={120}
                max={5000}
                value={width}
                onChange={({ target }) =>
                  setOptions({ width: target.valueAsNumber || FIRST_WIDTH })
                }
              />
            </Field>
          )}
          <Field label="title">
            <input
              className="field"
              value={title}
              maxLength={200}
              placeholder="none"
              onChange={({ target }) => setOptions({ title: target.value })}
            />
          </Field>
        </>
      )}
      {format === 'png' && (
        <Field label="pixels for each of the screen’s">
          <input
            type="number"
            className="field"
            min={1}
            max={10}
            step={0.5}
            value={scale}
            onChange={({ target }) => setOptions({ scale: target.valueAsNumber || 1 })}
          />
        </Field>
      )}
      {(isPicture(format) || !isDrawing(format)) && (
        <Choices<NonNullable<ExportOptions['data']>>
          label={isPicture(format) ? 'graph in the file, to open it again' : 'how much of it'}
          value={held}
          choices={[
            { value: 'shown', label: 'what is shown' },
            { value: 'all', label: 'all of it' },
            ...(isPicture(format) ? [{ value: 'none' as const, label: 'none' }] : []),
          ]}
          onChange={(value) => setOptions({ data: value })}
        />
      )}
    </>
  );
}
