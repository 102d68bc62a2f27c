/** Width and height of an SVG document, in CSS pixels. */
function sizeOf(svg: string): { width: number; height: number } {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const [, , width = 800, height = 600] = (root.getAttribute('viewBox') ?? '')
    .split(/\s+/)
    .map(Number);
  return {
    width: Number.parseFloat(root.getAttribute('width') ?? '') || width,
    height: Number.parseFloat(root.getAttribute('height') ?? '') || height,
  };
}

/**
 * Draws an SVG document as a PNG, `scale` device pixels to a CSS pixel.
 *
 * @throws Error when the browser cannot draw it.
 */
export async function svgToPng(svg: string, scale = 2): Promise<Blob> {
  const { width, height } = sizeOf(svg);
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('no picture'))),
        'image/png',
      );
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
