import { cellAt, type TrackScene } from '@loupe/shared';
import type { MouseEvent, ReactNode } from 'react';
import { SceneCanvas } from '../../charts/scene-canvas.tsx';
import type { Hover, OnHover, TrackName } from './hover.ts';

interface TrackPlotProps {
  track: TrackName;
  scene: TrackScene;
  onHover: OnHover;
  onChoose: (position: number, row: number | null) => void;
  children?: ReactNode;
}

/** The part of a track that stands on the axis: its picture, and the column and row under the pointer. */
export function TrackPlot(props: TrackPlotProps) {
  const { track, scene, onHover, onChoose, children } = props;

  function hoverAt(event: MouseEvent<HTMLDivElement>): Hover | null {
    const box = event.currentTarget.getBoundingClientRect();
    const cell = cellAt(scene, event.clientX - box.left, event.clientY - box.top);
    return cell ? { track, ...cell, by: 'pointer' } : null;
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way is the grid or the tokens
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className="track-plot"
      data-track={track}
      style={{ width: scene.width, height: scene.height }}
      onPointerMove={(event) => onHover(event.pointerType === 'touch' ? null : hoverAt(event))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const hover = hoverAt(event);
        if (hover) onChoose(hover.position, hover.row);
      }}
    >
      <SceneCanvas scene={scene} />
      {children}
    </div>
  );
}
