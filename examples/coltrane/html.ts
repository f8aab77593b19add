/** Escapes text for an element or a quoted attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const navigation: readonly (readonly [path: string, label: string])[] = [
  ['/', 'Home'],
  ['/journey', 'The journey of this request'],
  ['/records', 'Records'],
];

/** A complete page; `path` marks its entry in the navigation. */
export function page(path: string, title: string, body: string): string {
  const links = navigation.map(
    ([to, label]) => `<a href="${to}"${to === path ? ' aria-current="page"' : ''}>${label}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · coltrane</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><strong>coltrane</strong><nav>${links.join('')}</nav></header>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** A two-column table; values are escaped here. */
export function table(id: string, rows: readonly (readonly [label: string, name: string, value: string])[]): string {
  const lines = rows.map(
    ([label, name, value]) => `<tr><th scope="row">${escape(label)}</th><td id="${name}">${escape(value)}</td></tr>`,
  );
  return `<table id="${id}">${lines.join('')}</table>`;
}
