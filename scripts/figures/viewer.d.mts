/** The text of shared/src/export/viewer-script.ts. */
export function viewerModule(): Promise<string>;
