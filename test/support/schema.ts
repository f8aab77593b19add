/** The part of JSON Schema that router.schema.json uses, for tests: types, properties, items, anyOf, references inside. */
export interface Schema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Where a value breaks the schema, as paths: `/frontends/f/bnd`. Of alternatives the place of the value itself. */
export function violations(root: Schema, value: unknown): readonly string[] {
  return check(root, value, '');

  function check(schema: Schema, given: unknown, path: string): readonly string[] {
    if (schema.$ref !== undefined) return check(root.$defs?.[schema.$ref.slice('#/$defs/'.length)] ?? {}, given, path);
    if (schema.anyOf !== undefined)
      return schema.anyOf.some((one) => check(one, given, path).length === 0) ? [] : [path];
    const types = schema.type === undefined ? [] : [schema.type].flat();
    if (types.length > 0 && !types.includes(typeOf(given))) return [path];
    if (Array.isArray(given))
      return given.flatMap((item, index) => check(schema.items ?? {}, item, `${path}/${index}`));
    if (typeof given !== 'object' || given === null) return [];
    const absent = (schema.required ?? []).some((name) => !Object.hasOwn(given, name));
    if (absent) return [path];
    return Object.entries(given).flatMap(([name, item]) => {
      const own = schema.properties?.[name];
      if (own !== undefined) return check(own, item, `${path}/${name}`);
      const { additionalProperties: others = true } = schema;
      if (others === false) return [`${path}/${name}`];
      return others === true ? [] : check(others, item, `${path}/${name}`);
    });
  }
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
