import { svgDocument, svgTag } from '../text/svg.ts';
import { RECTS } from './marks/rects.ts';
import { SHAPES } from './marks/shapes.ts';
import { TEXTS } from './marks/texts.ts';
import type { Canvas, MakePath } from './painter.ts';
import type { Scene, SceneMark } from './scene.ts';

/** A scene with what a document of its own needs beside it. */
export interface Picture {
  scene: Scene;
  /** Colour that it stands on. */
  ground: string;
  title: string;
}

/** Paints a scene on a canvas, in CSS pixels from its origin. */
export function paintScene(canvas: Canvas, scene: Scene, makePath: MakePath): void {
  paintMarks(canvas, scene.marks, makePath);
}

function paintMarks(canvas: Canvas, marks: readonly SceneMark[], makePath: MakePath): void {
  for (const mark of marks) {
    switch (mark.type) {
      case 'rects':
        RECTS.canvas(canvas, mark, makePath);
        break;
      case 'texts':
        TEXTS.canvas(canvas, mark, makePath);
        break;
      case 'shapes':
        SHAPES.canvas(canvas, mark, makePath);
        break;
      case 'group':
        canvas.save();
        canvas.translate(mark.x, mark.y);
        paintMarks(canvas, mark.marks, makePath);
        canvas.restore();
    }
  }
}

/** A picture as an SVG document, in CSS pixels. */
export function pictureToSvg({ scene, ground, title }: Picture): string {
  // No ligatures: tokens show the characters that they have.
  const root = svgTag(
    'g',
    { 'font-variant-ligatures': 'none' },
    scene.marks.map(markToSvg).join(''),
  );
  return svgDocument(scene, ground, title, root);
}

function markToSvg(mark: SceneMark): string {
  switch (mark.type) {
    case 'rects':
      return RECTS.svg(mark);
    case 'texts':
      return TEXTS.svg(mark);
    case 'shapes':
      return SHAPES.svg(mark);
    case 'group':
      return svgTag(
        'g',
        { transform: `translate(${mark.x} ${mark.y})` },
        mark.marks.map(markToSvg).join(''),
      );
  }
}
