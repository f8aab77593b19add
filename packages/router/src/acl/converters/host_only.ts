/** A Host without its port: `example.com:443` gives `example.com`, `[::1]:80` gives `[::1]`. */
export const hostOnly = (text: string): string => text.replace(/:\d*$/, '');
