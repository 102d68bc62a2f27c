import { type SerializerFactory, SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type Serializer = ReturnType<ReturnType<SerializerFactory>>;

const compile = SerializerSelector();

/** Those made so far in this process, by shared schemas and schema. */
const made = new Map<string, Map<string, Serializer>>();

/**
 * What writes answers by their schemas, as Fastify's own, but made when an answer is first written and once
 * for each schema. Fastify would make one for each route and status before it listens, each of which
 * checks every shared schema: most of the time that the server takes to start.
 */
export const answerSerializers: SerializerFactory = (shared, options) => {
  const key = JSON.stringify(shared);
  const bySchema = made.get(key) ?? new Map<string, Serializer>();
  made.set(key, bySchema);
  const compileShared = compile(shared, options);
  return (route) => {
    const schema = JSON.stringify(route.schema);
    return (value) => {
      let serializer = bySchema.get(schema);
      if (!serializer) {
        serializer = compileShared(route);
        bySchema.set(schema, serializer);
      }
      return serializer(value);
    };
  };
};
