/** Capital letters made small. */
export const lower = (text: string): string => text.toLowerCase();
