// Which part of an application uses which: from definitions, environment variables and streams.

/**
 * The relations of what is deployed: { from, to } with ids `function:name`, `machine:arn`,
 * `table:name`.
 *
 * @param functions as ListFunctions lists them
 * @param machines { stateMachineArn, definition }
 * @param tables descriptions of tables
 * @param mappings as ListEventSourceMappings lists them
 */
export function relationsOf({ functions, machines, tables, mappings }) {
  const known = new Map();
  for (const each of functions) {
    known.set(each.FunctionName, `function:${each.FunctionName}`);
    known.set(each.FunctionArn, `function:${each.FunctionName}`);
  }
  for (const each of machines) known.set(each.stateMachineArn, `machine:${each.stateMachineArn}`);
  for (const each of tables) {
    known.set(each.TableName, `table:${each.TableName}`);
    known.set(each.TableArn, `table:${each.TableName}`);
  }
  const found = new Map();
  const add = (from, name) => {
    const to = known.get(name) ?? known.get(withoutVersion(name));
    if (to !== undefined && to !== from) found.set(`${from} ${to}`, { from, to });
  };
  for (const each of functions) {
    for (const value of Object.values(each.Environment?.Variables ?? {})) {
      add(`function:${each.FunctionName}`, value);
    }
  }
  for (const each of machines) {
    for (const name of usedBy(each.definition)) add(`machine:${each.stateMachineArn}`, name);
  }
  for (const mapping of mappings) {
    const table = /^(arn:[^:]+:dynamodb:[^:]+:\d+:table\/[^/]+)\/stream\//.exec(
      mapping.EventSourceArn ?? "",
    )?.[1];
    if (known.has(table)) add(known.get(table), mapping.FunctionArn);
  }
  return [...found.values()];
}

// The names and ARNs that the tasks of a definition name, wherever they are nested.
function usedBy(definition) {
  let document;
  try {
    document = JSON.parse(definition);
  } catch {
    return [];
  }
  const names = new Set();
  const walk = (value) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === "object") {
      for (const [key, member] of Object.entries(value)) {
        if (typeof member !== "string") walk(member);
        else if (NAMING.has(key)) names.add(member);
      }
    }
  };
  walk(document);
  return names;
}

const NAMING = new Set(["Resource", "FunctionName", "TableName", "StateMachineArn"]);

function withoutVersion(name) {
  return String(name).replace(/^(arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+):.+$/, "$1");
}
