import { type Picture, paintScene } from '@loupe/shared';

/**
 * Paints a picture as a PNG, `scale` device pixels to a CSS pixel, in the faces of the page.
 *
 * @throws Error when the browser cannot draw one so large.
 */
export async function pictureToPng({ scene, ground }: Picture, scale = 2): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(scene.width * scale);
  canvas.height = Math.ceil(scene.height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.scale(scale, scale);
  context.fillStyle = ground;
  context.fillRect(0, 0, scene.width, scene.height);
  // No ligatures: tokens show the characters that they have.
  context.textRendering = 'optimizeSpeed';
  paintScene(context, scene, (d) => new Path2D(d));
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
  });
}
