/** Small letters made capital. */
export const upper = (text: string): string => text.toUpperCase();
