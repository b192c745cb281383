interface Made {
  jsonSchema: Record<string, unknown>;
}

/**
 * A JSON Schema without what says nothing to a reader: the pattern of a date beside its format, the
 * greatest safe integer. An answer may get further keys in later versions: it is left open.
 */
export function plainForm({ jsonSchema }: Made): void {
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}
