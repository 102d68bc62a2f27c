import { paintScene, type Scene } from '@loupe/shared';
import { memo, useCallback } from 'react';
import { TrackCanvas } from './track-canvas.tsx';

/** A scene painted on a canvas, just as it is exported; whoever uses it says what it shows. */
export const SceneCanvas = memo(function SceneCanvas({ scene }: { scene: Scene }) {
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => paintScene(context, scene, (d) => new Path2D(d)),
    [scene],
  );
  return <TrackCanvas width={scene.width} height={scene.height} draw={draw} />;
});
